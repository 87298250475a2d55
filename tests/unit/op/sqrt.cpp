// SPDX-License-Identifier: MIT
// Tests of op/sqrt.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/sqrt.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::sqrt_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<sqrt_op>());
static_assert(sqrt_op::name == "sqrt");

TEST_CASE("sqrt: values, infinities and NaN") {
  check_meaning<sqrt_op>(0.0, 0.0);
  check_meaning<sqrt_op>(1.0, 1.0);
  check_meaning<sqrt_op>(1.4142135623730951, 2.0);
  check_meaning<sqrt_op>(0.2, 0.04);
  check_meaning<sqrt_op>(inf, inf);
  check_meaning<sqrt_op>(nan, -1.0);
  check_meaning<sqrt_op>(nan, nan);
}

}  // namespace
