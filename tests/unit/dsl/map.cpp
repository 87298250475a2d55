// SPDX-License-Identifier: MIT
// User callables as operators.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/map.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr float gains[] = {2, 4};
constexpr auto amplify = [](auto v, const float* gain) {
  return kiln::map([gain](float a) { return a * *gain; }, v);
};
constexpr auto low = amplify(x, &gains[0]);
constexpr auto reused = kiln::relu(low) + low;
static_assert(reused.problem.what == kiln::dsl::value_mistake::none);
constexpr auto clash = amplify(x, &gains[0]) + amplify(x, &gains[1]);
static_assert(clash.problem.what == kiln::dsl::value_mistake::two_values_for_one_callable);

constexpr float cube(float a) { return a * a * a; }
constexpr auto pointer = kiln::map(cube, x);
constexpr auto generic = kiln::map_vector([](auto a, auto b) { return a * b; }, x, 0.5F);
constexpr auto overloaded = kiln::map([](float a, float b = 1) { return a + b; }, x);
static_assert(kiln::dsl::poisoned<decltype(kiln::map([](float, float) { return 0.0F; }, x))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::map([](float) {}, x))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::map(1, x))>);

TEST_CASE("callables reach the graph") {
  CHECK(kiln_test::lowered(reused) == "input x; map 0; relu 1; add 2 1 -> y=3");
  CHECK(kiln_test::lowered(generic) == "input x; constant; map_vector 0 1 -> y=2");
  const auto g = kiln::dsl::lower(pointer);
  const double two = 2;
  CHECK(g[1].user.call(g[1].user.object, &two) == 8);
  const auto h = kiln::dsl::lower(overloaded);
  CHECK(h[1].user.call(h[1].user.object, &two) == 3);
  const auto v = kiln::dsl::lower(generic);
  const double arguments[] = {3, 0.5};
  CHECK(v[2].user.call(v[2].user.object, arguments) == 1.5);
}

}  // namespace
