// SPDX-License-Identifier: MIT
// Tests of op/linear.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/linear.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::linear_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<linear_op>());
static_assert(linear_op::name == "linear");

TEST_CASE("linear: values, infinities and NaN") {
  check_meaning<linear_op>(5.0, 3.0, 2.0, -1.0);
  check_meaning<linear_op>(0.5, 7.0, 0.0, 0.5);
  check_meaning<linear_op>(inf, inf, 2.0, 1.0);
  check_meaning<linear_op>(nan, nan, 1.0, 0.0);
}

}  // namespace
