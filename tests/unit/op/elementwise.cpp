// SPDX-License-Identifier: MIT
// Tests of op/elementwise.hpp.
#include <kiln/op/elementwise.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::broadcast;
using kiln::op::elementwise_operation;
using kiln::op::number;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

static_assert(broadcast(static_type(f32, 4, 1), static_type(f32, 3)).type
              == static_type(f32, 4, 3));
static_assert(broadcast(static_type(f32, 3), static_type(f32, 2, 4, 1)).type
              == static_type(f32, 2, 4, 3));
static_assert(broadcast(static_type(f32), static_type(f32, 3)).type == static_type(f32, 3));
static_assert(refused(broadcast(static_type(f32, 2), static_type(f32, 3)),
                      mistake::cannot_broadcast,
                      static_type(f32, 2),
                      static_type(f32, 3)));
static_assert(refused(broadcast(static_type(f32, 2), static_type(kiln::s8, 2)),
                      mistake::wrong_dtype,
                      static_type(f32, 2),
                      static_type(kiln::s8, 2)));
static_assert(broadcast(static_type(kiln::f16, 2), static_type(kiln::f16, 2)).type.element
              == kiln::f16);
static_assert(broadcast(static_type(kiln::f16, 2), static_type(kiln::bf16, 2)).type.element == f32);
static_assert(number<double>(0.1) == 0.1 && number<float>(0.1) == 0.1F);

TEST_CASE("elementwise: symbols broadcast against 1 and themselves only") {
  const auto open = with_axis(static_type(f32, 1, 3), 0, dynamic(0));
  CHECK(broadcast(open, static_type(f32, 1, 3)).type == open);
  CHECK(broadcast(static_type(f32, 1, 3), open).type == open);
  CHECK(broadcast(open, open).type == open);
  CHECK(broadcast(open, with_axis(open, 0, dynamic(1))).what == mistake::cannot_broadcast);
  CHECK(broadcast(open, with_axis(open, 0, dynamic(0, 2))).what == mistake::cannot_broadcast);
}

TEST_CASE("elementwise: scalars alone give a scalar") {
  CHECK(infer_of<elementwise_operation<2>>({}, static_type(f32), static_type(f32)).type
        == static_type(f32));
}

}  // namespace
