// SPDX-License-Identifier: MIT
// Tests of op/div.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/div.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::div_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<div_op>());
static_assert(div_op::name == "div");

TEST_CASE("div: values, infinities and NaN") {
  check_meaning<div_op>(2.0, 0.5, 0.25);
  check_meaning<div_op>(0.3333333333333333, 1.0, 3.0);
  check_meaning<div_op>(inf, 1.0, 0.0);
  check_meaning<div_op>(nan, 0.0, 0.0);
  check_meaning<div_op>(0.0, 1.0, inf);
  check_meaning<div_op>(nan, nan, 1.0);
}

}  // namespace
