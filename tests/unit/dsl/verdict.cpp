// SPDX-License-Identifier: MIT
// Verdicts on expressions; their texts are in tests/compile_fail/dsl/.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/verdict.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

using kiln::core::ok;
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 8_c);
constexpr auto good = kiln::relu(kiln::matmul(x, w)) + 1.0F;
constexpr auto shared_name = x + kiln::weight<"x", kiln::f32>(8_c);
constexpr auto other_type = x + kiln::input<"x", kiln::f32>(8_c);
constexpr auto dynamic = x + kiln::weight<"d", kiln::f32>(kiln::dim<"n", 1>, 1_c) * 0.0F;
constexpr auto outputs = kiln::outputs<"w", "b">(good, x);
constexpr auto equal_outputs = kiln::outputs<"a", "a">(good, x);
constexpr auto output_as_input = kiln::outputs<"x">(good);
auto no_constant = kiln::relu(x);
constexpr int number = 3;

template <const auto& Y>
constexpr auto mistake_of = [
]<auto What, class... Facts>(kiln::core::compile_error<What, Facts...>) {
  return What;
}
(kiln::dsl::verdict_of<Y>{});
using kiln::dsl::mistake;

static_assert(std::is_same_v<kiln::dsl::verdict_of<good>, ok>);
static_assert(std::is_same_v<kiln::dsl::verdict_of<outputs>, ok>);
static_assert(mistake_of<shared_name> == mistake::duplicate_name);
static_assert(mistake_of<other_type> == mistake::duplicate_name);
static_assert(mistake_of<equal_outputs> == mistake::duplicate_name);
static_assert(mistake_of<output_as_input> == mistake::duplicate_name);
static_assert(mistake_of<no_constant> == mistake::not_constexpr);
static_assert(mistake_of<number> == mistake::not_an_expression);

// Names are compared through a hash table: 100 of them are no burden.
constexpr auto many =
    kiln::repeat<100>([](auto v) { return v + kiln::weight<"b", kiln::f32>(8_c); }, x);
static_assert(std::is_same_v<kiln::dsl::verdict_of<many>, ok>);

TEST_CASE("the verdict on a poison is its own") {
  static constexpr auto y = kiln::softmax<7>(x);
  CHECK(mistake_of<y> == kiln::op::mistake::wrong_axis);
  CHECK(std::is_same_v<kiln::dsl::verdict_of<dynamic>, ok> == false);
}

}  // namespace
