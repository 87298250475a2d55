// SPDX-License-Identifier: MIT
// Tests of op/rsqrt.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/rsqrt.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::rsqrt_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<rsqrt_op>());
static_assert(rsqrt_op::name == "rsqrt");

TEST_CASE("rsqrt: values, infinities and NaN") {
  check_meaning<rsqrt_op>(1.0, 1.0);
  check_meaning<rsqrt_op>(0.7071067811865475, 2.0);
  check_meaning<rsqrt_op>(5.0, 0.04);
  check_meaning<rsqrt_op>(1e-05, 10000000000.0);
  check_meaning<rsqrt_op>(inf, 0.0);
  check_meaning<rsqrt_op>(0.0, inf);
  check_meaning<rsqrt_op>(nan, -1.0);
  check_meaning<rsqrt_op>(nan, nan);
}

}  // namespace
