// SPDX-License-Identifier: MIT
// Operators applied to expressions, numbers and strangers.
#include <kiln/dsl/call.hpp>
#include <kiln/dsl/dsl.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

template <class E>
constexpr bool is_mistake(kiln::dsl::mistake what) {
  return []<auto What, class... Facts>(kiln::core::compile_error<What, Facts...>, auto asked) {
    if constexpr (std::is_same_v<decltype(What), kiln::dsl::mistake>) {
      return What == asked;
    } else {
      return false;
    }
  }
  (typename E::verdict{}, what);
}
constexpr auto few = kiln::clip(x, 0);
constexpr auto many = kiln::clip(x, 0, 1, 2);
constexpr auto stranger = kiln::clip(x, "0", 1);
static_assert(is_mistake<decltype(few)>(kiln::dsl::mistake::wrong_number_of_operands));
static_assert(is_mistake<decltype(many)>(kiln::dsl::mistake::wrong_number_of_operands));
static_assert(is_mistake<decltype(stranger)>(kiln::dsl::mistake::not_an_expression));
static_assert(kiln::dsl::some_expression<int, decltype(x)> && !kiln::dsl::some_expression<int>);

constexpr auto given = kiln::clip(x, -1, kiln::relu(x));
// A default is one node, however often it is used.
constexpr auto defaults = kiln::elu(kiln::elu(x)) + kiln::elu(x, 2.0F);
static_assert(defaults.scalars[0] == 1.0F && defaults.scalars[1] == 2.0F);

TEST_CASE("numbers become constants") {
  CHECK(kiln_test::lowered(given) == "input x; constant; relu 0; clip 0 1 2 -> y=3");
  CHECK(kiln_test::lowered(defaults)
        == "input x; constant; elu 0 1; elu 2 1; constant; elu 0 4; add 3 5 -> y=6");
}

}  // namespace
