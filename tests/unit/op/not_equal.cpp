// SPDX-License-Identifier: MIT
// Tests of op/not_equal.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/not_equal.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::not_equal_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<not_equal_op>());
static_assert(not_equal_op::name == "not_equal");

TEST_CASE("not_equal: values, infinities and NaN") {
  check_meaning<not_equal_op>(1.0, 1.0, 2.0);
  check_meaning<not_equal_op>(1.0, 2.0, 1.0);
  check_meaning<not_equal_op>(0.0, 1.0, 1.0);
  check_meaning<not_equal_op>(1.0, -inf, inf);
  check_meaning<not_equal_op>(0.0, inf, inf);
  check_meaning<not_equal_op>(1.0, nan, 1.0);
  check_meaning<not_equal_op>(1.0, 1.0, nan);
  check_meaning<not_equal_op>(1.0, nan, nan);
}

}  // namespace
