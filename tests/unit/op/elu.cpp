// SPDX-License-Identifier: MIT
// Tests of op/elu.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/elu.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::elu_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<elu_op>());
static_assert(elu_op::name == "elu");

TEST_CASE("elu: values, infinities and NaN") {
  check_meaning<elu_op>(-0.5902040104310499, -0.5, 1.5);
  check_meaning<elu_op>(-0.00014999250024999377, -0.0001, 1.5);
  check_meaning<elu_op>(0.5, 0.5, 1.5);
  check_meaning<elu_op>(-1.5, -inf, 1.5);
  check_meaning<elu_op>(nan, nan, 1.0);
}

}  // namespace
