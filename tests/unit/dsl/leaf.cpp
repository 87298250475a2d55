// SPDX-License-Identifier: MIT
// Inputs, weights, constants and tables.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/leaf.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

using kiln::dsl::value_mistake;
constexpr float matrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
constexpr std::array<float, 3> vector{7, 8, 9};
constexpr std::array<std::array<float, 2>, 2> square{{{1, 2}, {3, 4}}};

constexpr auto x = kiln::input<"x", kiln::bf16>(kiln::dim<"b", 16>, 8_c);
static_assert(kiln::dsl::type_of<decltype(x)>().element == kiln::bf16);
static_assert(kiln::dsl::type_of<decltype(x)>().rank == 2);
static_assert(kiln::dsl::poisoned<decltype(kiln::input<"x", kiln::f32>(4, 8_c))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::weight<"x", kiln::f32>(4, 8))>);
static_assert(!kiln::dsl::poisoned<decltype(kiln::input<"x", kiln::f32>())>);
static_assert(kiln::dsl::poisoned<decltype(kiln::input<"x", kiln::f32>(0_c))>);
static_assert(
    kiln::dsl::poisoned<decltype(kiln::weight<"x", kiln::f32>(1_c, 1_c, 1_c, 1_c, 1_c, 1_c, 1_c))>);

constexpr value_mistake mistake_of(auto number) { return kiln::constant(number).problem.what; }
constexpr auto fits = value_mistake::none;
constexpr auto does_not_fit = value_mistake::constant_does_not_fit_f32;
static_assert(mistake_of(0.5) == fits && mistake_of(0.1F) == fits
              && mistake_of(0.1) == does_not_fit);
static_assert(mistake_of(16777216) == fits && mistake_of(16777217) == does_not_fit);
static_assert(mistake_of(-16777217) == does_not_fit && mistake_of(-3) == fits);
static_assert(mistake_of(std::numeric_limits<int>::max()) == does_not_fit);
static_assert(mistake_of(std::numeric_limits<int>::min()) == fits);
static_assert(mistake_of(std::numeric_limits<unsigned long long>::max()) == does_not_fit);
static_assert(mistake_of(1e300) == does_not_fit && mistake_of(-1e300) == does_not_fit);
static_assert(mistake_of(1e-300) == does_not_fit);
static_assert(mistake_of(std::numeric_limits<double>::infinity()) == fits);
static_assert(mistake_of(std::numeric_limits<double>::quiet_NaN()) == fits);
static_assert(mistake_of(3.4028234663852886e38) == fits);
static_assert(kiln::constant(-2.5).scalars[0] == -2.5F);
static_assert(kiln::constant(-std::numeric_limits<double>::infinity()).scalars[0]
              == -std::numeric_limits<float>::infinity());
static_assert(!kiln::dsl::arithmetic<bool> && kiln::dsl::arithmetic<long>);

constexpr auto y = kiln::constant<matrix>() + kiln::constant<vector>();
constexpr auto z = kiln::constant<square>() + kiln::constant<square>();

TEST_CASE("a table is referred to") {
  const auto g = kiln::dsl::lower(y);
  CHECK(kiln_test::text_of(g) == "table; table; add 0 1 -> y=2");
  CHECK(g[0].table == &matrix[0][0]);
  CHECK(g[1].table == vector.data());
  CHECK(g[2].type == kiln::tensor::static_type(kiln::f32, 2, 3));
  CHECK(kiln_test::lowered(z) == "table; add 0 0 -> y=1");
}

}  // namespace
