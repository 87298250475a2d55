// SPDX-License-Identifier: MIT
// A second source of the same kernels: what is inline is one within an instruction set.
#include "counted.hpp"

int other_calls();

int other_calls() { return counter<float>::value() == call_count ? call_count : -1; }
