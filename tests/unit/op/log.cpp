// SPDX-License-Identifier: MIT
// Tests of op/log.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/log.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::log_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<log_op>());
static_assert(log_op::name == "log");

TEST_CASE("log: values, infinities and NaN") {
  check_meaning<log_op>(0.0, 1.0);
  check_meaning<log_op>(0.6931471805599453, 2.0);
  check_meaning<log_op>(-2.0794415416798357, 0.125);
  check_meaning<log_op>(23.025850929940457, 10000000000.0);
  check_meaning<log_op>(0.0009995003330834232, 1.001);
  check_meaning<log_op>(inf, inf);
  check_meaning<log_op>(-inf, 0.0);
  check_meaning<log_op>(nan, -1.0);
  check_meaning<log_op>(nan, nan);
}

}  // namespace
