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
static_assert(outputs_of<e, e> && !outputs_of<e> && !outputs_of<e, int>);

TEST_CASE("results keep their names and share what they have in common") {
  CHECK(kiln_test::lowered(two) == "input x; relu 0; constant; add 1 2; mul 1 0 -> y0=3 y1=4");
  CHECK(kiln_test::lowered(named) == "input x; relu 0; negate 1 -> state=1 out=2 again=1");
}

}  // namespace
