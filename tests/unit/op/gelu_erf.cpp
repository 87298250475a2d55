// SPDX-License-Identifier: MIT
// Tests of op/gelu_erf.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/gelu_erf.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::gelu_erf_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<gelu_erf_op>());
static_assert(gelu_erf_op::name == "gelu_erf");

TEST_CASE("gelu_erf: values, infinities and NaN") {
  check_meaning<gelu_erf_op>(0.0, 0.0);
  check_meaning<gelu_erf_op>(0.34573123063700656, 0.5);
  check_meaning<gelu_erf_op>(-0.16997051428265114, -0.75);
  check_meaning<gelu_erf_op>(2.99595030590511, 3.0);
  check_meaning<gelu_erf_op>(-0.00012668496733247986, -4.0);
  check_meaning<gelu_erf_op>(inf, inf);
  check_meaning<gelu_erf_op>(nan, nan);
}

}  // namespace
