// SPDX-License-Identifier: MIT
// Tests of op/pooling.hpp.
#include <kiln/op/pooling.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::pooling_attributes;
using kiln::op::pooling_operation;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 8, 9, 4);
constexpr pooling_attributes halves{2, 3, 2, 3, 0, 0, 0, 0, 0};
static_assert(infer_of<pooling_operation>(halves, x).type == static_type(f32, 2, 4, 3, 4));
static_assert(infer_of<pooling_operation>({3, 3, 1, 1, 1, 1, 1, 1, 1}, x).type == x);
static_assert(infer_of<pooling_operation>(halves, with_axis(x, 1, dynamic(0, 2))).type[1]
              == dynamic(0));
static_assert(infer_of<pooling_operation>(halves, with_axis(x, 3, dynamic(0))).type[3]
              == dynamic(0));
static_assert(kiln::op::decode<pooling_attributes>(kiln::op::encode(halves)) == halves);

static_assert(infer_of<pooling_operation>(halves, static_type(f32, 8, 9, 4)).what
              == mistake::wrong_rank);
static_assert(refused(infer_of<pooling_operation>({9, 3, 1, 1, 0, 0, 0, 0, 0}, x),
                      mistake::wrong_size,
                      static_type(f32, 2, 9, 3, 4),
                      x));
static_assert(infer_of<pooling_operation>({2, 2, 1, 0, 0, 0, 0, 0, 0}, x).what
              == mistake::wrong_stride);
static_assert(infer_of<pooling_operation>({2, 2, 1, 1, 2, 0, 0, 0, 0}, x).what
              == mistake::wrong_pad);
static_assert(infer_of<pooling_operation>(halves, with_axis(x, 1, dynamic(0))).what
              == mistake::dynamic_extent);
static_assert(infer_of<pooling_operation>(halves, static_type(kiln::s8, 2, 8, 9, 4)).what
              == mistake::wrong_dtype);

TEST_CASE("pooling: windows carry the attributes of their axis") {
  const pooling_attributes at{2, 3, 4, 5, 6, 7, 8, 9, 0};
  const auto down = pooling_operation::down(at);
  CHECK((down.taps == 2 && down.stride == 4 && down.before == 6 && down.after == 8));
  const auto across = pooling_operation::across(at);
  CHECK((across.taps == 3 && across.stride == 5 && across.before == 7 && across.after == 9));
  CHECK((down.dilation == 1 && across.dilation == 1));
}

}  // namespace
