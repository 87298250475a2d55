// SPDX-License-Identifier: MIT
// The other translation unit with every header.
#include <all_headers.hpp>

int second();

int second() { return 0; }
