// SPDX-License-Identifier: MIT
// A library that kernels call.
#include "library.hpp"

int isa_test_bytes(int bits) { return bits / 8; }
