// SPDX-License-Identifier: MIT
// Tests of op/gelu_tanh.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/gelu_tanh.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::gelu_tanh_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<gelu_tanh_op>());
static_assert(gelu_tanh_op::name == "gelu_tanh");

TEST_CASE("gelu_tanh: values, infinities and NaN") {
  check_meaning<gelu_tanh_op>(0.0, 0.0);
  check_meaning<gelu_tanh_op>(0.34571400982514394, 0.5);
  check_meaning<gelu_tanh_op>(-0.17003944483437966, -0.75);
  check_meaning<gelu_tanh_op>(2.996362607918227, 3.0);
  check_meaning<gelu_tanh_op>(-0.04540230591222494, -2.0);
  check_meaning<gelu_tanh_op>(inf, inf);
  check_meaning<gelu_tanh_op>(nan, -inf);
  check_meaning<gelu_tanh_op>(nan, nan);
}

}  // namespace
