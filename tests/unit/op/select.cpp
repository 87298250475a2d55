// SPDX-License-Identifier: MIT
// Tests of op/select.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/select.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::select_op;
using kiln::test::check_meaning;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<select_op>());
static_assert(select_op::name == "select");

TEST_CASE("select: values, infinities and NaN") {
  check_meaning<select_op>(2.0, 1.0, 2.0, 3.0);
  check_meaning<select_op>(3.0, 0.0, 2.0, 3.0);
  check_meaning<select_op>(2.0, -0.5, 2.0, 3.0);
  check_meaning<select_op>(2.0, nan, 2.0, 3.0);
  check_meaning<select_op>(3.0, 0.0, nan, 3.0);
  check_meaning<select_op>(nan, 1.0, nan, 3.0);
}

}  // namespace
