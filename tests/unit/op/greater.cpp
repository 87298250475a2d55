// SPDX-License-Identifier: MIT
// Tests of op/greater.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/greater.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::greater_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<greater_op>());
static_assert(greater_op::name == "greater");

TEST_CASE("greater: values, infinities and NaN") {
  check_meaning<greater_op>(0.0, 1.0, 2.0);
  check_meaning<greater_op>(1.0, 2.0, 1.0);
  check_meaning<greater_op>(0.0, 1.0, 1.0);
  check_meaning<greater_op>(0.0, -inf, inf);
  check_meaning<greater_op>(0.0, inf, inf);
  check_meaning<greater_op>(0.0, nan, 1.0);
  check_meaning<greater_op>(0.0, 1.0, nan);
  check_meaning<greater_op>(0.0, nan, nan);
}

}  // namespace
