// SPDX-License-Identifier: MIT
// Tests of op/min.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/min.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::min_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<min_op>());
static_assert(min_op::name == "min");

TEST_CASE("min: values, infinities and NaN") {
  check_meaning<min_op>(0.25, 0.5, 0.25);
  check_meaning<min_op>(0.25, 0.25, 0.5);
  check_meaning<min_op>(1.0, inf, 1.0);
  check_meaning<min_op>(nan, nan, 1.0);
  check_meaning<min_op>(nan, 1.0, nan);
}

}  // namespace
