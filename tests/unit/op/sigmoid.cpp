// SPDX-License-Identifier: MIT
// Tests of op/sigmoid.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/sigmoid.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::sigmoid_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<sigmoid_op>());
static_assert(sigmoid_op::name == "sigmoid");

TEST_CASE("sigmoid: values, infinities and NaN") {
  check_meaning<sigmoid_op>(0.5, 0.0);
  check_meaning<sigmoid_op>(0.6224593312018546, 0.5);
  check_meaning<sigmoid_op>(0.22270013882530884, -1.25);
  check_meaning<sigmoid_op>(0.9996646498695336, 8.0);
  check_meaning<sigmoid_op>(9.357622968839299e-14, -30.0);
  check_meaning<sigmoid_op>(1.0, inf);
  check_meaning<sigmoid_op>(0.0, -inf);
  check_meaning<sigmoid_op>(nan, nan);
}

}  // namespace
