// SPDX-License-Identifier: MIT
// Tests of op/log_softmax.hpp.
#include <kiln/op/log_softmax.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::log_softmax_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto x = static_type(f32, 2, 3, 4);
static_assert(kiln::op::operation<log_softmax_op>);
static_assert(infer_of<log_softmax_op>({2}, x).type == x
              && infer_of<log_softmax_op>({0}, x).type == x);
static_assert(infer_of<log_softmax_op>({3}, x).what == mistake::wrong_axis);
static_assert(infer_of<log_softmax_op>({-1}, x).what == mistake::wrong_axis);
static_assert(infer_of<log_softmax_op>({0}, static_type(f32)).what == mistake::wrong_rank);
static_assert(infer_of<log_softmax_op>({0}, static_type(kiln::s8, 4)).what == mistake::wrong_dtype);

TEST_CASE("log_softmax: dynamic extents stay") {
  const auto open = with_axis(x, 1, dynamic(0));
  CHECK(infer_of<log_softmax_op>({1}, open).type == open);
  CHECK(log_softmax_op::name == "log_softmax");
}

}  // namespace
