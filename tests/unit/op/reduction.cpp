// SPDX-License-Identifier: MIT
// Tests of op/reduction.hpp.
#include <kiln/op/reduction.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::reduction_attributes;
using kiln::op::reduction_operation;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
static_assert(infer_of<reduction_operation>({0b100, 0}, x).type == static_type(f32, 2, 3));
static_assert(infer_of<reduction_operation>({0b100, 1}, x).type == static_type(f32, 2, 3, 1));
static_assert(infer_of<reduction_operation>({0b011, 0}, x).type == static_type(f32, 4));
static_assert(infer_of<reduction_operation>({0b011, 1}, x).type == static_type(f32, 1, 1, 4));
static_assert(infer_of<reduction_operation>({0b111, 0}, x).type == static_type(f32));
static_assert(infer_of<reduction_operation>({0b010, 0}, with_axis(x, 1, dynamic(0))).type
              == static_type(f32, 2, 4));
static_assert(infer_of<reduction_operation>({0b100, 0}, with_axis(x, 0, dynamic(0))).type
              == with_axis(static_type(f32, 2, 3), 0, dynamic(0)));
static_assert(
    infer_of<reduction_operation>({0b100, 0}, static_type(kiln::bf16, 2, 3, 4)).type.element
    == kiln::bf16);

static_assert(infer_of<reduction_operation>({0, 0}, x).what == mistake::wrong_axis);
static_assert(infer_of<reduction_operation>({0b1000, 0}, x).what == mistake::wrong_axis);
static_assert(infer_of<reduction_operation>({0b1000, 0}, x).expected.rank == 4);
static_assert(infer_of<reduction_operation>({-1, 0}, x).what == mistake::wrong_axis);
static_assert(infer_of<reduction_operation>({1, 0}, static_type(f32)).what == mistake::wrong_axis);
static_assert(refused(infer_of<reduction_operation>({1, 0}, static_type(kiln::s32, 2, 3, 4)),
                      mistake::wrong_dtype,
                      x,
                      static_type(kiln::s32, 2, 3, 4)));

TEST_CASE("reduction: the mask tells axes apart") {
  const reduction_attributes at{0b101, 0};
  CHECK(at.has(0));
  CHECK_FALSE(at.has(1));
  CHECK(at.has(2));
}

}  // namespace
