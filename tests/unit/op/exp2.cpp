// SPDX-License-Identifier: MIT
// Tests of op/exp2.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/exp2.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::exp2_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<exp2_op>());
static_assert(exp2_op::name == "exp2");

TEST_CASE("exp2: values, infinities and NaN") {
  check_meaning<exp2_op>(1.0, 0.0);
  check_meaning<exp2_op>(2.0, 1.0);
  check_meaning<exp2_op>(0.3535533905932738, -1.5);
  check_meaning<exp2_op>(1217.7480857627863, 10.25);
  check_meaning<exp2_op>(inf, inf);
  check_meaning<exp2_op>(0.0, -inf);
  check_meaning<exp2_op>(nan, nan);
}

}  // namespace
