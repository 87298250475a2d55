// SPDX-License-Identifier: MIT
// Tests of op/map.hpp.
#include <kiln/op/map.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::map_op;
using kiln::op::map_vector_op;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::static_type;

static_assert(kiln::op::operation<map_op> && kiln::op::operation<map_vector_op>);
static_assert(infer_of<map_op>({}, static_type(f32, 2, 1), static_type(f32, 3)).type
              == static_type(f32, 2, 3));
static_assert(infer_of<map_vector_op>({}, static_type(f32, 2)).type == static_type(f32, 2));

TEST_CASE("map: any number of operands that broadcast") {
  const auto x = static_type(f32, 2, 3);
  CHECK(infer_of<map_op>({}, x, x, x, x, x).type == x);
  CHECK(infer_of<map_op>({}, x, static_type(f32, 2)).what == mistake::cannot_broadcast);
}

}  // namespace
