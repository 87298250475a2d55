// SPDX-License-Identifier: MIT
// Operators appended to expressions, poisons, names in errors.
#include <kiln/dsl/build.hpp>
#include <kiln/dsl/dsl.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 3_c);
constexpr auto bad = kiln::dsl::build<kiln::op::matmul_op, kiln::dsl::attributes<>>(w, x);
static_assert(kiln::dsl::poisoned<decltype(bad)>);
// One mistake makes one verdict, whatever is done with it.
constexpr auto worse = kiln::softmax(kiln::relu(bad) + w) * 2.0F;
static_assert(std::is_same_v<decltype(worse), decltype(bad)>);

constexpr auto c = kiln::constant(1.0F);
template <const auto&... E>
using name = kiln::dsl::telling_name<std::remove_cvref_t<decltype(E)>...>;
static_assert(std::is_same_v<name<x, w>, kiln::core::text<'w'>>);
static_assert(std::is_same_v<name<x, c>, kiln::core::text<'x'>>);
static_assert(std::is_same_v<name<c>, void>);
static_assert(std::is_same_v<kiln::dsl::first_poison<decltype(x), decltype(bad), decltype(w)>,
                             decltype(bad)>);

constexpr auto three = kiln::dsl::build<kiln::op::select_op, kiln::dsl::attributes<>>(x, c, x);

TEST_CASE("operands are joined from left to right") {
  CHECK(kiln_test::lowered(three) == "input x; constant; select 0 1 0 -> y=2");
}

}  // namespace
