// SPDX-License-Identifier: MIT
// Tests of op/transpose.hpp.
#include <kiln/op/transpose.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::transpose_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
constexpr auto rule(transpose_op::attributes at, const kiln::test::tensor_type& t) {
  return infer_of<transpose_op>(at, t);
}
static_assert(kiln::op::operation<transpose_op>);
static_assert(rule(transpose_op::of(2, 0, 1), x).type == static_type(f32, 4, 2, 3));
static_assert(rule(transpose_op::of(), static_type(f32)).type == static_type(f32));
static_assert(rule(transpose_op::of(1, 0), static_type(kiln::s8, 2, 3)).type
              == static_type(kiln::s8, 3, 2));
static_assert(rule(transpose_op::of(1, 0), x).what == mistake::wrong_permutation);
static_assert(rule(transpose_op::of(0, 1, 1), x).what == mistake::wrong_permutation);
static_assert(rule(transpose_op::of(0, 1, 3), x).what == mistake::wrong_permutation);
static_assert(rule(transpose_op::of(-1, 1, 2), x).what == mistake::wrong_permutation);
static_assert(rule(transpose_op::of(0, 1, 2, 3), x).what == mistake::wrong_permutation);

TEST_CASE("transpose: dynamic extents move along") {
  const auto open = with_axis(x, 0, dynamic(0));
  CHECK(rule(transpose_op::of(1, 2, 0), open).type[2] == dynamic(0));
}

}  // namespace
