// SPDX-License-Identifier: MIT
// Several results of one expression.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/outputs.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto h = kiln::relu(x);
constexpr auto two = kiln::outputs(h + 1.0F, h* x);
constexpr auto named = kiln::outputs<"state", "out", "again">(h, -h, h);
constexpr auto bad = kiln::outputs(h, kiln::softmax<5>(h));
static_assert(kiln::dsl::poisoned<decltype(bad)>);
template <class... E>
concept outputs_of = requires(E... e) {
  kiln::outputs<"a", "b">(e...);
};
using e = std::remove_const_t<decltype(h)>;
static_assert(outputs_of<e, e> && !outputs_of<> && !outputs_of<e, int>);
template <class E>
constexpr bool is_mistake(kiln::dsl::mistake what) {
  return []<auto What, class... Facts>(kiln::core::compile_error<What, Facts...>, auto found) {
    return What == found;
  }
  (typename E::verdict{}, what);
}
using kiln::dsl::mistake;
static_assert(
    is_mistake<decltype(kiln::outputs<"a", "b">(h, h, h))>(mistake::wrong_number_of_names));
static_assert(is_mistake<decltype(kiln::outputs<"a", "b">(h))>(mistake::wrong_number_of_names));
static_assert(
    is_mistake<decltype(kiln::outputs(h, h, h, h, h, h, h, h, h))>(mistake::too_many_results));
static_assert(!kiln::dsl::expression<decltype(kiln::outputs(h, h, h, h, h, h, h, h))>);

TEST_CASE("results keep their names and share what they have in common") {
  CHECK(kiln_test::lowered(two) == "input x; relu 0; constant; add 1 2; mul 1 0 -> y0=3 y1=4");
  CHECK(kiln_test::lowered(named) == "input x; relu 0; negate 1 -> state=1 out=2 again=1");
}

}  // namespace
