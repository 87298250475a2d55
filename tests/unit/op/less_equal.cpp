// SPDX-License-Identifier: MIT
// Tests of op/less_equal.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/less_equal.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::less_equal_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<less_equal_op>());
static_assert(less_equal_op::name == "less_equal");

TEST_CASE("less_equal: values, infinities and NaN") {
  check_meaning<less_equal_op>(1.0, 1.0, 2.0);
  check_meaning<less_equal_op>(0.0, 2.0, 1.0);
  check_meaning<less_equal_op>(1.0, 1.0, 1.0);
  check_meaning<less_equal_op>(1.0, -inf, inf);
  check_meaning<less_equal_op>(1.0, inf, inf);
  check_meaning<less_equal_op>(0.0, nan, 1.0);
  check_meaning<less_equal_op>(0.0, 1.0, nan);
  check_meaning<less_equal_op>(0.0, nan, nan);
}

}  // namespace
