// SPDX-License-Identifier: MIT
// A file that is compiled with -ffast-math does not get wrong numbers, but an error.
// flags: -ffast-math
// expect: -ffast-math drops NaN and reorders sums
#include <kiln/core/config.hpp>
