// SPDX-License-Identifier: MIT
// Tests of op/layer_norm.hpp.
#include <kiln/op/layer_norm.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::layer_norm_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
constexpr auto row = static_type(f32, 4);
constexpr auto scalar = static_type(f32);
static_assert(kiln::op::operation<layer_norm_op>);
static_assert(infer_of<layer_norm_op>({}, x, row, row, scalar).type == x);
static_assert(infer_of<layer_norm_op>({}, x, scalar, scalar, scalar).type == x);
static_assert(refused(infer_of<layer_norm_op>({}, x, static_type(f32, 3), row, scalar),
                      mistake::wrong_size,
                      row,
                      static_type(f32, 3)));
static_assert(
    refused(infer_of<layer_norm_op>({}, x, row, row, row), mistake::wrong_rank, scalar, row));
static_assert(infer_of<layer_norm_op>({}, x, row, static_type(f32, 1, 4), scalar).what
              == mistake::wrong_rank);
static_assert(infer_of<layer_norm_op>({}, scalar, row, row, scalar).what == mistake::wrong_rank);
static_assert(infer_of<layer_norm_op>({}, x, row, static_type(kiln::s8, 4), scalar).what
              == mistake::wrong_dtype);

TEST_CASE("layer_norm: dynamic extents stay") {
  const auto open = with_axis(x, 0, dynamic(0));
  CHECK(infer_of<layer_norm_op>({}, open, row, row, scalar).type == open);
}

}  // namespace
