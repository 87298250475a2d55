// SPDX-License-Identifier: MIT
// Tests of op/exp.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/exp.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::exp_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<exp_op>());
static_assert(exp_op::name == "exp");

TEST_CASE("exp: values, infinities and NaN") {
  check_meaning<exp_op>(1.0, 0.0);
  check_meaning<exp_op>(2.718281828459045, 1.0);
  check_meaning<exp_op>(0.22313016014842982, -1.5);
  check_meaning<exp_op>(22026.465794806718, 10.0);
  check_meaning<exp_op>(1.8048513878454153e-35, -80.0);
  check_meaning<exp_op>(inf, inf);
  check_meaning<exp_op>(0.0, -inf);
  check_meaning<exp_op>(nan, nan);
}

}  // namespace
