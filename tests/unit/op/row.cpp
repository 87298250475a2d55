// SPDX-License-Identifier: MIT
// Tests of op/row.hpp.
#include <kiln/op/row.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::check_axis;
using kiln::op::check_row_parameter;
using kiln::op::check_rows;
using kiln::test::dynamic;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
static_assert(check_axis(0, x).type == x && check_axis(2, x).type == x);
static_assert(check_axis(3, x).what == mistake::wrong_axis && check_axis(3, x).expected.rank == 4);
static_assert(check_axis(-1, x).what == mistake::wrong_axis);
static_assert(check_axis(100, x).what == mistake::wrong_axis);

static_assert(check_rows(x).type == x);
static_assert(check_rows(static_type(f32)).what == mistake::wrong_rank);
static_assert(check_rows(static_type(kiln::s8, 2)).what == mistake::wrong_dtype);

static_assert(check_row_parameter(x, static_type(f32, 4)).what == mistake::none);
static_assert(check_row_parameter(x, static_type(f32)).what == mistake::none);
static_assert(refused(check_row_parameter(x, static_type(f32, 5)),
                      mistake::wrong_size,
                      static_type(f32, 4),
                      static_type(f32, 5)));
static_assert(check_row_parameter(x, static_type(f32, 1, 4)).what == mistake::wrong_rank);
static_assert(check_row_parameter(x, static_type(kiln::s8, 4)).what == mistake::wrong_dtype);

TEST_CASE("row: a dynamic row length needs parameters of that length") {
  const auto open = with_axis(x, 2, dynamic(0));
  const auto parameter = with_axis(static_type(f32, 1), 0, dynamic(0));
  CHECK(check_row_parameter(open, parameter).what == mistake::none);
  CHECK(check_row_parameter(open, static_type(f32, 4)).what == mistake::wrong_size);
}

}  // namespace
