// SPDX-License-Identifier: MIT
// Scopes: prefixes, placeholders, several arguments, nesting.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/scope.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto w(auto name) { return kiln::weight<name, kiln::f32>(8_c, 8_c); }
constexpr auto layer = [](auto v) {
  return kiln::relu(kiln::matmul(v, kiln::weight<"w", kiln::f32>(8_c, 8_c))) * 2.0F;
};
constexpr auto two = kiln::scope<"b">(layer, kiln::scope<"a">(layer, x));
// The same helper with other values: scopes keep the call sites apart.
constexpr auto scaled = [](auto v, float s) { return v * s; };
constexpr auto values = kiln::scope<"p">([](auto v) { return scaled(v, 2.0F); }, x)
                        + kiln::scope<"q">([](auto v) { return scaled(v, 3.0F); }, x);
static_assert(values.problem.what == kiln::dsl::value_mistake::none);
constexpr auto captures = [](auto v, float s) {
  return kiln::map([s](float a) { return a * s; }, v);
};
constexpr auto mapped = kiln::scope<"p">([](auto v) { return captures(v, 2.0F); }, x)
                        + kiln::scope<"q">([](auto v) { return captures(v, 3.0F); }, x);
static_assert(mapped.problem.what == kiln::dsl::value_mistake::none);

constexpr auto z = kiln::input<"z", kiln::f32>(8_c);
constexpr auto nested =
    kiln::scope<"out">([](auto a, auto b) { return kiln::scope<"in">(layer, a - b) + b; }, x, z);
constexpr auto ignoring = kiln::scope<"s">([](auto a, auto) { return -a; }, x, z);
constexpr auto ignoring_first = kiln::scope<"s">([](auto, auto b) { return -b; }, x, z);
constexpr auto ignoring_all =
    kiln::scope<"s">([](auto) { return kiln::weight<"w", kiln::f32>(8_c); }, x);
constexpr auto identity = kiln::scope<"s">([](auto a, auto) { return a; }, x, z);
constexpr auto inner = kiln::scope<"s">([](auto a) { return a; }, kiln::relu(x));
// A scope of the same name inside, whose function captures the outer argument.
constexpr auto same_name = kiln::scope<"s">(
    [](auto v) { return kiln::scope<"s">([v](auto u) { return u - v; }, kiln::relu(v)); }, x);
constexpr auto captured = kiln::scope<"s">(
    [](auto v) { return kiln::scope<"s">([v](auto) { return kiln::tanh(v); }, kiln::relu(v)); }, x);
// The result is found in the argument: what comes after it there is left out.
constexpr auto part =
    kiln::scope<"s">([](auto a, auto b) { return kiln::relu(a) + b * 0.0F; }, x, kiln::relu(x));
constexpr auto found = kiln::scope<"s">([](auto v) { return kiln::relu(v); }, x) + kiln::relu(x);

TEST_CASE("weights are prefixed, inputs are not") {
  CHECK(kiln_test::lowered(two)
        == "input x; weight a.w; matmul 0 1; relu 2; constant; mul 3 4; weight b.w; matmul 5 6;"
           " relu 7; constant; mul 8 9 -> y=10");
  CHECK(kiln_test::lowered(nested)
        == "input x; input z; sub 0 1; weight out.in.w; matmul 2 3; relu 4; constant; mul 5 6;"
           " add 7 1 -> y=8");
}
TEST_CASE("values of several scopes stay apart") {
  CHECK(kiln_test::lowered(values)
        == "input x; constant; mul 0 1; constant; mul 0 3; add 2 4 -> y=5");
  CHECK(values.scalars[0] == 2);
  CHECK(values.scalars[1] == 3);
  const auto g = kiln::dsl::lower(mapped);
  const double one = 1;
  CHECK(g[1].user.call(g[1].user.object, &one) == 2);
  CHECK(g[2].user.call(g[2].user.object, &one) == 3);
}
TEST_CASE("a scope may ignore its arguments") {
  CHECK(kiln_test::lowered(ignoring) == "input x; negate 0 -> y=1");
  CHECK(kiln_test::lowered(ignoring_first) == "input z; negate 0 -> y=1");
  CHECK(kiln_test::lowered(ignoring_all) == "weight s.w -> y=0");
  CHECK(kiln_test::lowered(identity) == "input x -> y=0");
  CHECK(kiln_test::lowered(inner) == "input x; relu 0 -> y=1");
}
TEST_CASE("scopes of one name do not mix up their arguments") {
  CHECK(kiln_test::lowered(same_name) == "input x; relu 0; sub 1 0 -> y=2");
  CHECK(kiln_test::lowered(captured) == "input x; tanh 0 -> y=1");
}
TEST_CASE("what a scope makes is merged with what is there") {
  CHECK(kiln_test::lowered(part) == "input x; relu 0; constant; mul 1 2; add 1 3 -> y=4");
  CHECK(kiln_test::lowered(found) == "input x; relu 0; add 1 1 -> y=2");
}

}  // namespace
