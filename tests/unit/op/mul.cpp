// SPDX-License-Identifier: MIT
// Tests of op/mul.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/mul.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::mul_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<mul_op>());
static_assert(mul_op::name == "mul");

TEST_CASE("mul: values, infinities and NaN") {
  check_meaning<mul_op>(0.125, 0.5, 0.25);
  check_meaning<mul_op>(-inf, inf, -1.0);
  check_meaning<mul_op>(nan, inf, 0.0);
  check_meaning<mul_op>(nan, nan, 1.0);
}

}  // namespace
