// SPDX-License-Identifier: MIT
// Tests of op/rms_norm.hpp.
#include <kiln/op/rms_norm.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::rms_norm_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
constexpr auto row = static_type(f32, 4);
constexpr auto scalar = static_type(f32);
static_assert(kiln::op::operation<rms_norm_op>);
static_assert(infer_of<rms_norm_op>({}, x, row, scalar).type == x);
static_assert(infer_of<rms_norm_op>({}, x, scalar, scalar).type == x);
static_assert(refused(infer_of<rms_norm_op>({}, x, static_type(f32, 3), scalar),
                      mistake::wrong_size,
                      row,
                      static_type(f32, 3)));
static_assert(infer_of<rms_norm_op>({}, x, row, row).what == mistake::wrong_rank);
static_assert(infer_of<rms_norm_op>({}, static_type(kiln::u8, 4), row, scalar).what
              == mistake::wrong_dtype);

TEST_CASE("rms_norm: dynamic extents stay") {
  const auto open = with_axis(x, 0, dynamic(0));
  CHECK(infer_of<rms_norm_op>({}, open, row, scalar).type == open);
}

}  // namespace
