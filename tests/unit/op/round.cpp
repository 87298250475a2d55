// SPDX-License-Identifier: MIT
// Tests of op/round.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/round.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::round_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<round_op>());
static_assert(round_op::name == "round");

TEST_CASE("round: values, infinities and NaN") {
  check_meaning<round_op>(0.0, 0.5);
  check_meaning<round_op>(2.0, 1.5);
  check_meaning<round_op>(2.0, 2.5);
  check_meaning<round_op>(-2.0, -1.5);
  check_meaning<round_op>(-2.0, -2.5);
  check_meaning<round_op>(3.0, 2.75);
  check_meaning<round_op>(inf, inf);
  check_meaning<round_op>(nan, nan);
}

}  // namespace
