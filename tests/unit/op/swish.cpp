// SPDX-License-Identifier: MIT
// Tests of op/swish.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/swish.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::swish_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<swish_op>());
static_assert(swish_op::name == "swish");

TEST_CASE("swish: values, infinities and NaN") {
  check_meaning<swish_op>(0.0, 0.0, 1.0);
  check_meaning<swish_op>(0.3112296656009273, 0.5, 1.0);
  check_meaning<swish_op>(-0.09482272502655444, -1.25, 2.0);
  check_meaning<swish_op>(2.452723428580931, 3.0, 0.5);
  check_meaning<swish_op>(-4.122307236380407e-08, -20.0, 1.0);
  check_meaning<swish_op>(inf, inf, 1.0);
  check_meaning<swish_op>(nan, -inf, 1.0);
  check_meaning<swish_op>(nan, nan, 1.0);
}

}  // namespace
