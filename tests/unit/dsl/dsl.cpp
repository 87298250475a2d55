// SPDX-License-Identifier: MIT
// One header for everything that an expression may need.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/verdict.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

// A small transformer block: names, scopes, rows, reuse.
constexpr auto attention = [](auto x) {
  constexpr auto project = [](auto v) {
    return kiln::matmul(v, kiln::weight<"w", kiln::f32>(16_c, 16_c));
  };
  const auto q = kiln::scope<"q">(project, x);
  const auto k = kiln::scope<"k">(project, x);
  const auto v = kiln::scope<"v">(project, x);
  return kiln::matmul(kiln::softmax(kiln::matmul<kiln::transposed::b>(q, k) * 0.25F), v);
};
constexpr auto block = [](auto x) {
  const auto h = x + kiln::scope<"attention">(attention, kiln::rms_norm(x, 1.0F));
  const auto up = kiln::matmul(h, kiln::weight<"up", kiln::f32>(16_c, 64_c));
  return h + kiln::matmul(kiln::gelu(up), kiln::weight<"down", kiln::f32>(64_c, 16_c));
};
constexpr auto x = kiln::input<"x", kiln::f32>(8_c, 16_c);
constexpr auto y = kiln::repeat<2>(block, x);
static_assert(std::is_same_v<kiln::dsl::verdict_of<y>, kiln::core::ok>);

TEST_CASE("a block lowers to what it says") {
  const auto g = kiln::dsl::lower(y);
  CHECK(g.size == 43);
  CHECK(kiln_test::text_of(g).substr(0, 206)
        == "input x; constant; constant; rms_norm 0 1 2; weight 0.attention.q.w; matmul 3 4;"
           " weight 0.attention.k.w; matmul 3 6; matmul 5 7; constant; mul 8 9; softmax 10;"
           " weight 0.attention.v.w; matmul 3 12; matmul 11");
}

}  // namespace
