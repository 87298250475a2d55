// SPDX-License-Identifier: MIT
// Tests of op/hardsigmoid.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/hardsigmoid.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::hardsigmoid_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<hardsigmoid_op>());
static_assert(hardsigmoid_op::name == "hardsigmoid");

TEST_CASE("hardsigmoid: values, infinities and NaN") {
  check_meaning<hardsigmoid_op>(0.6, 0.5, 0.2, 0.5);
  check_meaning<hardsigmoid_op>(0.0, -3.0, 0.2, 0.5);
  check_meaning<hardsigmoid_op>(1.0, 3.0, 0.2, 0.5);
  check_meaning<hardsigmoid_op>(1.0, inf, 0.2, 0.5);
  check_meaning<hardsigmoid_op>(nan, nan, 0.2, 0.5);
}

}  // namespace
