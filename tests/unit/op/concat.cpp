// SPDX-License-Identifier: MIT
// Tests of op/concat.hpp.
#include <kiln/op/concat.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::concat_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3);
constexpr auto wide = static_type(f32, 2, 5);
static_assert(kiln::op::operation<concat_op>);
static_assert(infer_of<concat_op>({1}, x, wide).type == static_type(f32, 2, 8));
static_assert(infer_of<concat_op>({1}, x, wide, x).type == static_type(f32, 2, 11));
static_assert(infer_of<concat_op>({0}, x).type == x);
static_assert(refused(infer_of<concat_op>({0}, x, wide), mistake::wrong_size, x, wide));
static_assert(infer_of<concat_op>({2}, x, x).what == mistake::wrong_axis);
static_assert(infer_of<concat_op>({0}, x, static_type(f32, 3)).what == mistake::wrong_rank);
static_assert(infer_of<concat_op>({0}, x, static_type(kiln::bf16, 2, 3)).what
              == mistake::wrong_dtype);

TEST_CASE("concat: extents of one symbol add up, others do not") {
  const auto a = with_axis(x, 0, dynamic(0));
  CHECK(infer_of<concat_op>({0}, a, with_axis(x, 0, dynamic(0, 2))).type[0] == dynamic(0, 3));
  CHECK(infer_of<concat_op>({1}, a, a).type == with_axis(static_type(f32, 2, 6), 0, dynamic(0)));
  CHECK(infer_of<concat_op>({0}, a, x).what == mistake::dynamic_extent);
  CHECK(infer_of<concat_op>({0}, a, with_axis(x, 0, dynamic(1))).what == mistake::dynamic_extent);
  const auto huge = static_type(f32, 0x7fffffff);
  CHECK(infer_of<concat_op>({0}, huge, huge).what == mistake::out_of_range);
}

}  // namespace
