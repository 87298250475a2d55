// SPDX-License-Identifier: MIT
// Tests of op/less.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/less.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::less_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<less_op>());
static_assert(less_op::name == "less");

TEST_CASE("less: values, infinities and NaN") {
  check_meaning<less_op>(1.0, 1.0, 2.0);
  check_meaning<less_op>(0.0, 2.0, 1.0);
  check_meaning<less_op>(0.0, 1.0, 1.0);
  check_meaning<less_op>(1.0, -inf, inf);
  check_meaning<less_op>(0.0, inf, inf);
  check_meaning<less_op>(0.0, nan, 1.0);
  check_meaning<less_op>(0.0, 1.0, nan);
  check_meaning<less_op>(0.0, nan, nan);
}

}  // namespace
