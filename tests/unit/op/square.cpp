// SPDX-License-Identifier: MIT
// Tests of op/square.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/square.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::square_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<square_op>());
static_assert(square_op::name == "square");

TEST_CASE("square: values, infinities and NaN") {
  check_meaning<square_op>(0.0, 0.0);
  check_meaning<square_op>(2.25, 1.5);
  check_meaning<square_op>(9.0, -3.0);
  check_meaning<square_op>(inf, -inf);
  check_meaning<square_op>(nan, nan);
}

}  // namespace
