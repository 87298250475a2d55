// SPDX-License-Identifier: MIT
// Tests of op/slice.hpp.
#include <kiln/op/slice.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::slice_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 4, 7);
static_assert(kiln::op::operation<slice_op>);
static_assert(infer_of<slice_op>({1, 0, 7, 1}, x).type == x);
static_assert(infer_of<slice_op>({1, 2, 5, 1}, x).type == static_type(f32, 4, 3));
static_assert(infer_of<slice_op>({1, 0, 7, 2}, x).type == static_type(f32, 4, 4));
static_assert(infer_of<slice_op>({1, 1, 7, 2}, x).type == static_type(f32, 4, 3));
static_assert(infer_of<slice_op>({0, 3, 4, 9}, x).type == static_type(f32, 1, 7));
static_assert(infer_of<slice_op>({2, 0, 1, 1}, x).what == mistake::wrong_axis);
static_assert(infer_of<slice_op>({1, 0, 8, 1}, x).what == mistake::out_of_range);
static_assert(infer_of<slice_op>({1, -1, 3, 1}, x).what == mistake::out_of_range);
static_assert(infer_of<slice_op>({1, 3, 3, 1}, x).what == mistake::out_of_range);
static_assert(infer_of<slice_op>({1, 0, 3, 0}, x).what == mistake::wrong_stride);

TEST_CASE("slice: the axis must be static, others need not") {
  const auto open = with_axis(x, 0, dynamic(0));
  CHECK(infer_of<slice_op>({0, 0, 1, 1}, open).what == mistake::dynamic_extent);
  const auto narrow = with_axis(static_type(f32, 4, 2), 0, dynamic(0));
  CHECK(infer_of<slice_op>({1, 0, 2, 1}, open).type == narrow);
}

}  // namespace
