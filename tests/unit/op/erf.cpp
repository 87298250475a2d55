// SPDX-License-Identifier: MIT
// Tests of op/erf.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/erf.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::erf_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<erf_op>());
static_assert(erf_op::name == "erf");

TEST_CASE("erf: values, infinities and NaN") {
  check_meaning<erf_op>(0.0, 0.0);
  check_meaning<erf_op>(0.5204998778130465, 0.5);
  check_meaning<erf_op>(-0.9229001282564582, -1.25);
  check_meaning<erf_op>(0.9999779095030014, 3.0);
  check_meaning<erf_op>(0.00011283791633342487, 0.0001);
  check_meaning<erf_op>(1.0, 50.0);
  check_meaning<erf_op>(-1.0, -inf);
  check_meaning<erf_op>(nan, nan);
}

}  // namespace
