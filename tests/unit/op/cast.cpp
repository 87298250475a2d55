// SPDX-License-Identifier: MIT
// Tests of op/cast.hpp.
#include <kiln/op/cast.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::op::cast_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto full = static_type(kiln::f32, 2, 3);
static_assert(kiln::op::operation<cast_op>);
static_assert(infer_of<cast_op>(cast_op::to(kiln::bf16), full).type
              == static_type(kiln::bf16, 2, 3));
static_assert(infer_of<cast_op>(cast_op::to(kiln::f32), static_type(kiln::s8, 2, 3)).type == full);
static_assert(infer_of<cast_op>(cast_op::to(kiln::f32), with_axis(full, 0, dynamic(1))).type
              == with_axis(full, 0, dynamic(1)));
static_assert(refused(infer_of<cast_op>({6}, full), mistake::wrong_dtype, full, full));
static_assert(infer_of<cast_op>({-1}, full).what == mistake::wrong_dtype);
static_assert(kiln::op::decode<cast_op::attributes>(kiln::op::encode(cast_op::to(kiln::u8)))
              == cast_op::to(kiln::u8));

TEST_CASE("cast: the value stays, storing rounds") {
  CHECK(cast_op::apply(0.1) == 0.1);
  CHECK(cast_op::apply(2.5F) == 2.5F);
}

}  // namespace
