// SPDX-License-Identifier: MIT
// Tests of op/ceil.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/ceil.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::ceil_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<ceil_op>());
static_assert(ceil_op::name == "ceil");

TEST_CASE("ceil: values, infinities and NaN") {
  check_meaning<ceil_op>(1.0, 0.5);
  check_meaning<ceil_op>(1.0, 1.0);
  check_meaning<ceil_op>(-1.0, -1.5);
  check_meaning<ceil_op>(-inf, -inf);
  check_meaning<ceil_op>(nan, nan);
}

}  // namespace
