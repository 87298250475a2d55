// SPDX-License-Identifier: MIT
// Tests of op/reciprocal.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/reciprocal.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::reciprocal_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<reciprocal_op>());
static_assert(reciprocal_op::name == "reciprocal");

TEST_CASE("reciprocal: values, infinities and NaN") {
  check_meaning<reciprocal_op>(1.0, 1.0);
  check_meaning<reciprocal_op>(0.3333333333333333, 3.0);
  check_meaning<reciprocal_op>(-4.0, -0.25);
  check_meaning<reciprocal_op>(inf, 0.0);
  check_meaning<reciprocal_op>(0.0, inf);
  check_meaning<reciprocal_op>(nan, nan);
}

}  // namespace
