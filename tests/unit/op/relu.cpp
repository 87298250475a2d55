// SPDX-License-Identifier: MIT
// Tests of op/relu.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/relu.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::relu_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<relu_op>());
static_assert(relu_op::name == "relu");

TEST_CASE("relu: values, infinities and NaN") {
  check_meaning<relu_op>(0.0, -1.5);
  check_meaning<relu_op>(0.0, 0.0);
  check_meaning<relu_op>(2.5, 2.5);
  check_meaning<relu_op>(inf, inf);
  check_meaning<relu_op>(0.0, -inf);
  check_meaning<relu_op>(nan, nan);
}

}  // namespace
