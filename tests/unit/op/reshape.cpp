// SPDX-License-Identifier: MIT
// Tests of op/reshape.hpp.
#include <kiln/op/reshape.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::reshape_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
static_assert(kiln::op::operation<reshape_op>);
static_assert(infer_of<reshape_op>({}, x).type == x);
static_assert(reshape_op::check(x, static_type(f32, 24)).type == static_type(f32, 24));
static_assert(reshape_op::check(x, static_type(f32, 4, 1, 6)).what == mistake::none);
static_assert(reshape_op::check(static_type(f32, 1, 1), static_type(f32)).what == mistake::none);
static_assert(reshape_op::check(static_type(kiln::s8, 6), static_type(kiln::s8, 2, 3)).what
              == mistake::none);
static_assert(refused(
    reshape_op::check(x, static_type(f32, 25)), mistake::wrong_size, x, static_type(f32, 25)));
static_assert(reshape_op::check(x, static_type(kiln::bf16, 24)).what == mistake::wrong_dtype);

TEST_CASE("reshape: dynamic extents count as their symbols") {
  const auto open = with_axis(x, 0, dynamic(0));                        // [s, 3, 4]
  const auto flat = with_axis(static_type(f32, 1), 0, dynamic(0, 12));  // [12 s]
  CHECK(reshape_op::check(open, flat).what == mistake::none);
  CHECK(reshape_op::check(open, with_axis(flat, 0, dynamic(1, 12))).what == mistake::wrong_size);
  const auto three = with_axis(with_axis(open, 1, dynamic(1)), 2, dynamic(2));
  CHECK(reshape_op::check(three, three).what == mistake::none);
  const auto rows = with_axis(with_axis(open, 1, dynamic(2)), 2, dynamic(1));
  CHECK(reshape_op::check(three, rows).what == mistake::none);
}

}  // namespace
