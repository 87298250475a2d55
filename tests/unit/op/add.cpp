// SPDX-License-Identifier: MIT
// Tests of op/add.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/add.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::add_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<add_op>());
static_assert(add_op::name == "add");

TEST_CASE("add: values, infinities and NaN") {
  check_meaning<add_op>(0.75, 0.5, 0.25);
  check_meaning<add_op>(inf, inf, 1.0);
  check_meaning<add_op>(nan, inf, -inf);
  check_meaning<add_op>(nan, nan, 1.0);
}

}  // namespace
