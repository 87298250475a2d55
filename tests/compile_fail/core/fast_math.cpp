// SPDX-License-Identifier: MIT
// A file that is compiled with -ffast-math does not get wrong numbers, but an error.
// expect: -ffast-math drops NaN and reorders sums
#ifndef KILN_EXPECT_OK
#  define __FAST_MATH__ 1
#endif
#include <kiln/core/config.hpp>

int main() {}
