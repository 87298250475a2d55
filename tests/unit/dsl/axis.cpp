// SPDX-License-Identifier: MIT
// How axes are counted.
#include <kiln/dsl/axis.hpp>

#include <doctest/doctest.h>

namespace {

static_assert(kiln::dsl::axis_of(1, 3) == 1 && kiln::dsl::axis_of(-1, 3) == 2);
static_assert(kiln::dsl::axis_of(3, 3) == 3 && kiln::dsl::axis_of(-4, 3) == -1);

TEST_CASE("a negative axis counts from the last") { CHECK(kiln::dsl::axis_of(-2, 2) == 0); }

}  // namespace
