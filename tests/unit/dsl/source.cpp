// SPDX-License-Identifier: MIT
// What compile is given.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/source.hpp>

#include <doctest/doctest.h>

#include <array>
#include <type_traits>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto one = kiln::relu(x);
constexpr auto two = kiln::outputs<"a", "b">(one, x);
using single = kiln::dsl::source<std::remove_const_t<decltype(one)>>;
using several = kiln::dsl::source<std::remove_const_t<decltype(two)>>;
static_assert(single::roots[0] == 1
              && std::is_same_v<single::names, kiln::core::list<kiln::core::text<'y'>>>);
static_assert(several::roots == std::array{1, 0});
static_assert(several::names::size == 2);

TEST_CASE("the expression is the one that was given") {
  CHECK(&single::expression(one) == &one);
  CHECK(&several::expression(two) == &two.expression);
}

}  // namespace
