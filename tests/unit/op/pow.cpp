// SPDX-License-Identifier: MIT
// Tests of op/pow.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/pow.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::pow_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<pow_op>());
static_assert(pow_op::name == "pow");

TEST_CASE("pow: values, infinities and NaN") {
  check_meaning<pow_op>(8.0, 2.0, 3.0);
  check_meaning<pow_op>(9.0, -3.0, 2.0);
  check_meaning<pow_op>(-27.0, -3.0, 3.0);
  check_meaning<pow_op>(1.2311444133449163, 2.0, 0.3);
  check_meaning<pow_op>(0.25, 4.0, -1.0);
  check_meaning<pow_op>(1.0, nan, 0.0);
  check_meaning<pow_op>(1.0, 0.0, 0.0);
  check_meaning<pow_op>(nan, -2.0, 0.5);
  check_meaning<pow_op>(inf, 0.0, -1.0);
  check_meaning<pow_op>(0.0, 0.0, 2.0);
  check_meaning<pow_op>(nan, nan, 1.0);
}

}  // namespace
