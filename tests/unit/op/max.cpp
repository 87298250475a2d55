// SPDX-License-Identifier: MIT
// Tests of op/max.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/max.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::max_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<max_op>());
static_assert(max_op::name == "max");

TEST_CASE("max: values, infinities and NaN") {
  check_meaning<max_op>(0.5, 0.5, 0.25);
  check_meaning<max_op>(0.5, 0.25, 0.5);
  check_meaning<max_op>(inf, inf, 1.0);
  check_meaning<max_op>(nan, nan, 1.0);
  check_meaning<max_op>(nan, 1.0, nan);
}

}  // namespace
