// SPDX-License-Identifier: MIT
// + - * / and unary minus.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/operators.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto b = kiln::weight<"b", kiln::f32>(8_c);
constexpr auto y = 2 * x + b / 4.0F - (-x) * 0.5;
static_assert(y.scalars[0] == 2 && y.scalars[1] == 4 && y.scalars[2] == 0.5F);
static_assert(kiln::dsl::poisoned<decltype(x + nullptr)>);
// Two numbers of one expression are two constants, also where they are equal.
constexpr auto twice = (x * 2.0F) * (x * 2.0F);
static_assert(decltype(twice)::chain_t::scalars::value == 2);

TEST_CASE("operators lower in the order they are written") {
  CHECK(kiln_test::lowered(y)
        == "constant; input x; mul 0 1; weight b; constant; div 3 4; add 2 5; negate 1; constant;"
           " mul 7 8; sub 6 9 -> y=10");
}

}  // namespace
