// SPDX-License-Identifier: MIT
// Joining expressions: constants, callables, and what two sides disagree about.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/merge.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto times = [](auto e, float s) { return e * s; };
constexpr auto through = [](auto e, float s) {
  return kiln::map([s](float a) { return a + s; }, e);
};

constexpr auto a = times(x, 2.0F);
constexpr auto b = times(kiln::relu(x), 3.0F);
constexpr auto y = a + b;
// The right side is longer and comes first.
static_assert(y.scalars[0] == 3.0F && y.scalars[1] == 2.0F && y.scalars.size() == 2);
static_assert(y.problem.what == kiln::dsl::value_mistake::none);

// The shorter side is appended to the longer one, whichever stands first.
constexpr auto longer = kiln::tanh(kiln::relu(a));
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c);
constexpr auto z = w * longer;
constexpr auto again = z + longer;
static_assert(decltype(again)::chain_t::size::value == 8);

constexpr auto same = times(x, 2.0F) - times(x, 2.0F);
static_assert(same.problem.what == kiln::dsl::value_mistake::none);
static_assert(decltype(same)::chain_t::size::value == 4);
constexpr auto differing = times(x, 2.0F) - times(x, 3.0F);
static_assert(differing.problem.what == kiln::dsl::value_mistake::two_values_for_one_constant);
static_assert(differing.problem.expected == 2 && differing.problem.actual == 3);
constexpr auto kept = kiln::relu(differing) + x;
static_assert(kept.problem.what == kiln::dsl::value_mistake::two_values_for_one_constant);

constexpr auto mapped = through(x, 1.0F) + through(kiln::relu(x), 4.0F) + through(x, 1.0F);
static_assert(mapped.problem.what == kiln::dsl::value_mistake::none);
static_assert(kiln::dsl::callables_of<decltype(mapped)>::size::value == 2);
constexpr auto mixed = through(x, 1.0F) + through(x, 4.0F);
static_assert(mixed.problem.what == kiln::dsl::value_mistake::two_values_for_one_callable);

TEST_CASE("joined expressions lower to what was written") {
  CHECK(kiln_test::lowered(y)
        == "input x; relu 0; constant; mul 1 2; constant; mul 0 4; add 5 3 -> y=6");
  CHECK(kiln_test::lowered(again)
        == "input x; constant; mul 0 1; relu 2; tanh 3; weight w; mul 5 4; add 6 4 -> y=7");
  const auto g = kiln::dsl::lower(mapped);
  CHECK(kiln_test::text_of(g) == "input x; relu 0; map 1; map 0; add 3 2; add 4 3 -> y=5");
  const double two = 2;
  CHECK(g[2].user.call(g[2].user.object, &two) == 6);
  CHECK(g[3].user.call(g[3].user.object, &two) == 3);
}

}  // namespace
