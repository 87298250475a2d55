// SPDX-License-Identifier: MIT
// Tests of op/conv2d.hpp.
#include <kiln/op/conv2d.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::conv2d_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 8, 9, 4);
constexpr auto w = static_type(f32, 3, 3, 4, 6);
constexpr conv2d_op::attributes same{1, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr conv2d_op::attributes depthwise{1, 1, 0, 0, 0, 0, 1, 1, 4};
static_assert(kiln::op::operation<conv2d_op>);
static_assert(infer_of<conv2d_op>({}, x, w).type == static_type(f32, 2, 6, 7, 6));
static_assert(infer_of<conv2d_op>(same, x, w).type == static_type(f32, 2, 8, 9, 6));
static_assert(infer_of<conv2d_op>({2, 1, 1, 0, 1, 0, 1, 2, 1}, x, w).type
              == static_type(f32, 2, 4, 5, 6));
static_assert(infer_of<conv2d_op>(depthwise, x, static_type(f32, 3, 3, 1, 8)).type
              == static_type(f32, 2, 6, 7, 8));
static_assert(infer_of<conv2d_op>(same, with_axis(x, 0, dynamic(0)), w).type
              == with_axis(static_type(f32, 2, 8, 9, 6), 0, dynamic(0)));
static_assert(infer_of<conv2d_op>(same, with_axis(x, 1, dynamic(0)), w).type[1] == dynamic(0));
static_assert(kiln::op::decode<conv2d_op::attributes>(kiln::op::encode(depthwise)) == depthwise);

static_assert(infer_of<conv2d_op>({}, static_type(f32, 8, 9, 4), w).what == mistake::wrong_rank);
static_assert(infer_of<conv2d_op>({}, x, static_type(f32, 3, 4, 6)).expected.rank == 4);
static_assert(refused(infer_of<conv2d_op>({}, x, static_type(f32, 3, 3, 5, 6)),
                      mistake::inner_dimensions_differ,
                      w,
                      static_type(f32, 3, 3, 5, 6)));
static_assert(infer_of<conv2d_op>({1, 1, 0, 0, 0, 0, 1, 1, 3}, x, w).what == mistake::wrong_groups);
static_assert(infer_of<conv2d_op>({1, 1, 0, 0, 0, 0, 1, 1, 0}, x, w).what == mistake::wrong_groups);
static_assert(infer_of<conv2d_op>(depthwise, x, static_type(f32, 3, 3, 1, 6)).what
              == mistake::wrong_groups);
static_assert(infer_of<conv2d_op>({0, 1, 0, 0, 0, 0, 1, 1, 1}, x, w).what == mistake::wrong_stride);
static_assert(infer_of<conv2d_op>({1, 1, 3, 0, 0, 0, 1, 1, 1}, x, w).what == mistake::wrong_pad);
static_assert(infer_of<conv2d_op>({}, static_type(f32, 2, 2, 9, 4), w).what == mistake::wrong_size);
static_assert(infer_of<conv2d_op>({}, with_axis(x, 2, dynamic(0)), w).what
              == mistake::dynamic_extent);
static_assert(infer_of<conv2d_op>({}, with_axis(x, 3, dynamic(0)), w).what
              == mistake::dynamic_extent);
static_assert(infer_of<conv2d_op>({}, x, with_axis(w, 0, dynamic(0))).what
              == mistake::dynamic_extent);
static_assert(refused(infer_of<conv2d_op>({}, static_type(kiln::u8, 2, 8, 9, 4), w),
                      mistake::wrong_dtype,
                      static_type(kiln::s8, 3, 3, 4, 6),
                      w));
static_assert(infer_of<conv2d_op>({},
                                  static_type(kiln::u8, 2, 8, 9, 4),
                                  static_type(kiln::s8, 3, 3, 4, 6))
                  .type.element
              == kiln::s32);
static_assert(infer_of<conv2d_op>({}, x, static_type(kiln::s8, 3, 3, 4, 6)).what
              == mistake::wrong_dtype);

TEST_CASE("conv2d: windows carry the attributes of their axis") {
  const conv2d_op::attributes at{2, 3, 4, 5, 6, 7, 8, 9, 1};
  const auto down = conv2d_op::down(at, 11);
  CHECK((down.taps == 11 && down.stride == 2 && down.dilation == 8));
  CHECK((down.before == 4 && down.after == 6));
  const auto across = conv2d_op::across(at, 12);
  CHECK((across.taps == 12 && across.stride == 3 && across.dilation == 9));
  CHECK((across.before == 5 && across.after == 7));
}

}  // namespace
