// SPDX-License-Identifier: MIT
// Tests of op/quotient.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/quotient.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::quotient_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<quotient_op>());
static_assert(quotient_op::name == "quotient");

TEST_CASE("quotient: values, infinities and NaN") {
  check_meaning<quotient_op>(3.5, 7.0, 2.0, 0.5);
  check_meaning<quotient_op>(0.3333333333333333, 1.0, 3.0, 0.3333333333333333);
  check_meaning<quotient_op>(inf, inf, 2.0, 0.5);
  check_meaning<quotient_op>(nan, nan, 2.0, 0.5);
}

}  // namespace
