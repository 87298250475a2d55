// SPDX-License-Identifier: MIT
// Tests of op/clip.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/clip.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using kiln::op::clip_op;
using kiln::test::check_meaning;
using kiln::test::inf;
using kiln::test::nan;

static_assert(kiln::test::follows_elementwise_rules<clip_op>());
static_assert(clip_op::name == "clip");

TEST_CASE("clip: values, infinities and NaN") {
  check_meaning<clip_op>(-1.0, -3.0, -1.0, 2.0);
  check_meaning<clip_op>(2.0, 3.0, -1.0, 2.0);
  check_meaning<clip_op>(0.5, 0.5, -1.0, 2.0);
  check_meaning<clip_op>(2.0, inf, -1.0, 2.0);
  check_meaning<clip_op>(nan, nan, -1.0, 2.0);
  check_meaning<clip_op>(-3.0, -3.0, nan, 2.0);
}

}  // namespace
