// SPDX-License-Identifier: MIT
// Tests of op/tanh.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/tanh.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::tanh_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<tanh_op>());
static_assert(tanh_op::name == "tanh");

TEST_CASE("tanh: values, infinities and NaN") {
  check_meaning<tanh_op>(0.0, 0.0);
  check_meaning<tanh_op>(0.46211715726000974, 0.5);
  check_meaning<tanh_op>(-0.8482836399575129, -1.25);
  check_meaning<tanh_op>(0.9950547536867305, 3.0);
  check_meaning<tanh_op>(9.999999966666668e-05, 0.0001);
  check_meaning<tanh_op>(1.0, 50.0);
  check_meaning<tanh_op>(-1.0, -inf);
  check_meaning<tanh_op>(nan, nan);
}

}  // namespace
