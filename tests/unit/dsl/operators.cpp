// SPDX-License-Identifier: MIT
// + - * /, unary minus, comparisons.
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

constexpr auto compared = kiln::select(x > 0, b, (x >= b) + (0.5F <= x) * (x < 2));
static_assert((x > 0.25F).scalars[0] == 0.25F && (2 <= x).scalars[0] == 2);
static_assert(kiln::dsl::poisoned<decltype(x > nullptr)>);
static_assert(kiln::dsl::poisoned<decltype(x <= kiln::input<"z", kiln::f32>(5_c))>);
template <class T>
concept has_equality = requires(T a) {
  a == a;
}
|| requires(T a) { a != a; };
static_assert(!has_equality<decltype(x)>);

TEST_CASE("comparisons are those of the functions") {
  static constexpr auto functions =
      kiln::select(kiln::greater(x, 0),
                   b,
                   kiln::greater_equal(x, b) + kiln::less_equal(0.5F, x) * kiln::less(x, 2));
  CHECK(kiln_test::lowered(compared) == kiln_test::lowered(functions));
  CHECK(kiln_test::lowered(x > b) == "input x; weight b; greater 0 1 -> y=2");
  CHECK(kiln_test::lowered(x < b) == "input x; weight b; less 0 1 -> y=2");
  CHECK(kiln_test::lowered(x >= b) == "input x; weight b; greater_equal 0 1 -> y=2");
  CHECK(kiln_test::lowered(x <= b) == "input x; weight b; less_equal 0 1 -> y=2");
}

TEST_CASE("operators lower in the order they are written") {
  CHECK(kiln_test::lowered(y)
        == "constant; input x; mul 0 1; weight b; constant; div 3 4; add 2 5; negate 1; constant;"
           " mul 7 8; sub 6 9 -> y=10");
}

}  // namespace
