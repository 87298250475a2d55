// SPDX-License-Identifier: MIT
// Tests of op/softplus.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/softplus.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::softplus_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<softplus_op>());
static_assert(softplus_op::name == "softplus");

TEST_CASE("softplus: values, infinities and NaN") {
  check_meaning<softplus_op>(0.6931471805599453, 0.0);
  check_meaning<softplus_op>(0.9740769841801067, 0.5);
  check_meaning<softplus_op>(0.2519290813453729, -1.25);
  check_meaning<softplus_op>(20.000000002061153, 20.0);
  check_meaning<softplus_op>(4.248354255291589e-18, -40.0);
  check_meaning<softplus_op>(inf, inf);
  check_meaning<softplus_op>(0.0, -inf);
  check_meaning<softplus_op>(nan, nan);
}

}  // namespace
