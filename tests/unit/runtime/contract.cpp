// SPDX-License-Identifier: MIT
// Contracts are read from the graph: roles, slots, names, symbols, texts.
#include <kiln/runtime/contract.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"

using kiln::runtime::contract_of;
using kiln::runtime::role;
using kiln::runtime::slots;
using support::layer;
using support::two;
using support::wide;

static_assert(slots<layer, role::input> == 1 && slots<layer, role::weight> == 2);
static_assert(slots<two, role::input> == 2 && slots<two, role::output> == 2);
static_assert(slots<two, role::weight> == 0);
static_assert(contract_of<layer, role::weight, 1>.name == "b");
static_assert(contract_of<two, role::output, 1>.name == "positive");
static_assert(contract_of<two, role::output, 1>.is_static());
static_assert(!contract_of<layer, role::input, 0>.is_static());
static_assert(contract_of<layer, role::output, 0>.uses(0));
static_assert(!contract_of<layer, role::weight, 0>.uses(0));
static_assert(kiln::runtime::slot_of<two, role::output>("positive") == 1);
static_assert(kiln::runtime::slot_of<two, role::input>("positive") == -1);
static_assert(kiln::runtime::slot_named<two, role::input, kiln::core::text<'b'>> == 1);
static_assert(kiln::runtime::symbol_of<wide>("cols") == 1);
static_assert(kiln::runtime::symbol_of<wide>("batch") == -1);
static_assert(kiln::runtime::symbol_named<layer, kiln::core::text_of<"batch">> == 0);
static_assert(std::is_same_v<kiln::runtime::spelled_name<two, role::output, 0>,
                             kiln::core::text<'s', 'u', 'm'>>);

TEST_CASE("how errors call a tensor") {
  CHECK(title_of(contract_of<layer, role::weight, 0>) == "weight 'w'");
  CHECK(type_text(contract_of<layer, role::weight, 0>) == "f32[3, 5]");
  CHECK(type_text(contract_of<layer, role::weight, 1>) == "f32[5]");
  CHECK(type_text(contract_of<wide, role::output, 0>) == "bf16[rows <= 8, cols <= 40]");
}
