// SPDX-License-Identifier: MIT
// The same block several times.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/repeat.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto block = [](auto v) {
  return kiln::matmul(v, kiln::weight<"w", kiln::f32>(8_c, 8_c)) + v;
};
constexpr auto y = kiln::repeat<2>(block, x);
constexpr auto in_scope = kiln::scope<"e">([](auto v) { return kiln::repeat<1>(block, v); }, x);
constexpr auto many =
    kiln::repeat<12>([](auto v) { return v + kiln::weight<"b", kiln::f32>(8_c); }, x);
template <int N>
concept repeats = requires {
  kiln::repeat<N>(block, x);
};
static_assert(repeats<1> && !repeats<0>);

TEST_CASE("weights are numbered") {
  CHECK(kiln_test::lowered(y)
        == "input x; weight 0.w; matmul 0 1; add 2 0; weight 1.w; matmul 3 4; add 5 3 -> y=6");
  CHECK(kiln_test::lowered(in_scope) == "input x; weight e.0.w; matmul 0 1; add 2 0 -> y=3");
  CHECK(kiln::dsl::lower(many)[23].name == "11.b");
}

}  // namespace
