// SPDX-License-Identifier: MIT
// Tests of op/prelu.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/prelu.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::prelu_op;
using kiln::test::check_meaning;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<prelu_op>());
static_assert(prelu_op::name == "prelu");

TEST_CASE("prelu: values, infinities and NaN") {
  check_meaning<prelu_op>(-0.75, -0.5, 1.5);
  check_meaning<prelu_op>(0.5, 0.5, 1.5);
  check_meaning<prelu_op>(0.5, -0.5, -1.0);
  check_meaning<prelu_op>(nan, nan, 0.25);
  check_meaning<prelu_op>(2.0, 2.0, nan);
}

}  // namespace
