// SPDX-License-Identifier: MIT
// Tests of op/abs.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/abs.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::abs_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<abs_op>());
static_assert(abs_op::name == "abs");

TEST_CASE("abs: values, infinities and NaN") {
  check_meaning<abs_op>(0.0, 0.0);
  check_meaning<abs_op>(1.5, 1.5);
  check_meaning<abs_op>(3.0, -3.0);
  check_meaning<abs_op>(inf, -inf);
  check_meaning<abs_op>(nan, nan);
}

}  // namespace
