// SPDX-License-Identifier: MIT
// Nodes as types: what carries a value.
#include <kiln/dsl/node.hpp>

#include <doctest/doctest.h>

namespace {

using scalar = kiln::dsl::typed<kiln::f32>;
using constant = kiln::dsl::n<kiln::op::constant_op, kiln::dsl::site<int>, scalar>;
using callable = kiln::dsl::n<kiln::dsl::callable_op<char, 1>, kiln::dsl::site<int>, scalar>;
using input = kiln::dsl::n<kiln::op::input_op, kiln::core::text<'x'>, scalar>;

static_assert(kiln::dsl::payload_of<constant> == kiln::dsl::payload::scalar);
static_assert(kiln::dsl::payload_of<callable> == kiln::dsl::payload::callable);
static_assert(kiln::dsl::payload_of<input> == kiln::dsl::payload::none);

TEST_CASE("a node names its operator") {
  CHECK(input::op_t::name == "input");
  CHECK(kiln::dsl::placeholder_op::name == "placeholder");
}

}  // namespace
