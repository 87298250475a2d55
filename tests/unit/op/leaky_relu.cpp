// SPDX-License-Identifier: MIT
// Tests of op/leaky_relu.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/leaky_relu.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::leaky_relu_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<leaky_relu_op>());
static_assert(leaky_relu_op::name == "leaky_relu");

TEST_CASE("leaky_relu: values, infinities and NaN") {
  check_meaning<leaky_relu_op>(-0.125, -0.5, 0.25);
  check_meaning<leaky_relu_op>(0.5, 0.5, 0.25);
  check_meaning<leaky_relu_op>(0.0, 0.0, 0.25);
  check_meaning<leaky_relu_op>(-inf, -inf, 0.25);
  check_meaning<leaky_relu_op>(nan, nan, 0.25);
}

}  // namespace
