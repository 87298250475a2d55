// SPDX-License-Identifier: MIT
// Tests of op/mish.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/mish.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::mish_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<mish_op>());
static_assert(mish_op::name == "mish");

TEST_CASE("mish: values, infinities and NaN") {
  check_meaning<mish_op>(0.0, 0.0);
  check_meaning<mish_op>(0.3752452113048951, 0.5);
  check_meaning<mish_op>(-0.30841396114152775, -1.25);
  check_meaning<mish_op>(2.9865350049679575, 3.0);
  check_meaning<mish_op>(25.0, 25.0);
  check_meaning<mish_op>(inf, inf);
  check_meaning<mish_op>(nan, nan);
}

}  // namespace
