// SPDX-License-Identifier: MIT
// Tests of op/negate.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/negate.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::negate_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<negate_op>());
static_assert(negate_op::name == "negate");

TEST_CASE("negate: values, infinities and NaN") {
  check_meaning<negate_op>(-0.0, 0.0);
  check_meaning<negate_op>(-3.0, 3.0);
  check_meaning<negate_op>(0.25, -0.25);
  check_meaning<negate_op>(-inf, inf);
  check_meaning<negate_op>(nan, nan);
}

}  // namespace
