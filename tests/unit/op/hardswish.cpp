// SPDX-License-Identifier: MIT
// Tests of op/hardswish.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/hardswish.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::hardswish_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<hardswish_op>());
static_assert(hardswish_op::name == "hardswish");

TEST_CASE("hardswish: values, infinities and NaN") {
  check_meaning<hardswish_op>(0.0, 0.0);
  check_meaning<hardswish_op>(0.2916666666666667, 0.5);
  check_meaning<hardswish_op>(-0.36458333333333326, -1.25);
  check_meaning<hardswish_op>(3.0, 3.0);
  check_meaning<hardswish_op>(5.0, 5.0);
  check_meaning<hardswish_op>(0.0, -4.0);
  check_meaning<hardswish_op>(inf, inf);
  check_meaning<hardswish_op>(nan, nan);
}

}  // namespace
