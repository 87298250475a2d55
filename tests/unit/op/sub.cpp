// SPDX-License-Identifier: MIT
// Tests of op/sub.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/sub.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::sub_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<sub_op>());
static_assert(sub_op::name == "sub");

TEST_CASE("sub: values, infinities and NaN") {
  check_meaning<sub_op>(0.25, 0.5, 0.25);
  check_meaning<sub_op>(-inf, 1.0, inf);
  check_meaning<sub_op>(nan, inf, inf);
  check_meaning<sub_op>(nan, 1.0, nan);
}

}  // namespace
