// SPDX-License-Identifier: MIT
// Tests of op/floor.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/floor.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::floor_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<floor_op>());
static_assert(floor_op::name == "floor");

TEST_CASE("floor: values, infinities and NaN") {
  check_meaning<floor_op>(0.0, 0.5);
  check_meaning<floor_op>(1.0, 1.0);
  check_meaning<floor_op>(-2.0, -1.5);
  check_meaning<floor_op>(-inf, -inf);
  check_meaning<floor_op>(nan, nan);
}

}  // namespace
