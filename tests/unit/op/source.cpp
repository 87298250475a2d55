// SPDX-License-Identifier: MIT
// Tests of op/source.hpp.
#include <kiln/op/source.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

static_assert(kiln::op::operation<kiln::op::input_op> && kiln::op::operation<kiln::op::weight_op>);
static_assert(
    kiln::op::operation<kiln::op::constant_op> && kiln::op::operation<kiln::op::table_op>);

TEST_CASE("source: no operands, a type that is given") {
  CHECK(kiln::op::input_op::arity == 0);
  CHECK(kiln::op::table_op::infer({}, {}).what == kiln::op::mistake::none);
}

}  // namespace
