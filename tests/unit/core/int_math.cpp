// SPDX-License-Identifier: MIT
// Tests kiln/core/int_math.hpp.
#include <kiln/core/int_math.hpp>

#include <doctest/doctest.h>

using kiln::core::ceil_div;
using kiln::core::is_power_of_two;
using kiln::core::round_up;

TEST_CASE("the least multiple that is not below") {
  for (int x = 0; x < 100; ++x) {
    for (int step = 1; step < 20; ++step) {
      CHECK(ceil_div(x, step) * step >= x);
      CHECK((ceil_div(x, step) - 1) * step < x);
      CHECK(round_up(x, step) % step == 0);
      CHECK(round_up(x, step) - x < step);
    }
  }
}

TEST_CASE("powers of two have one bit") {
  int found = 0;
  for (int x = -5; x <= 1024; ++x) found += is_power_of_two(x) ? 1 : 0;
  CHECK(found == 11);
  CHECK(is_power_of_two(1));
  CHECK_FALSE(is_power_of_two(0));
  CHECK_FALSE(is_power_of_two(96));
}
