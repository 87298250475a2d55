// SPDX-License-Identifier: MIT
// What weights in groups were made of, in a graph as it was written.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/pass/grouped_weights.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;
namespace graph = kiln::graph;

constexpr auto x = kiln::input<"x", f32>(3_c, 32_c);
constexpr auto p = kiln::weight<"p", u8>(16_c, 5_c);
constexpr auto w = kiln::weight<"w", s8>(32_c, 5_c);
constexpr auto s = kiln::weight<"s", f32>(2_c, 5_c);

/// Names and numbers of a product's weights.
struct found final {
  std::string_view numbers, scale;
  float zero = 0;
  int bits = 0, group = 0;
  constexpr bool operator==(const found&) const = default;
};
template <class Y>
constexpr found weights_in(const Y& y) {
  const auto g = kiln::dsl::lower(y);
  const auto constants = graph::constant_nodes(g);
  const auto constant = [&](int i) { return constants[static_cast<std::size_t>(i)]; };
  const auto parts = kiln::pass::detail::grouped_weights_of(g, g[g.outputs[0].node], constant);
  if (parts.numbers < 0) return {};
  return {g[parts.numbers].name,
          g[parts.scale].name,
          g[parts.zero].value,
          parts.at.bits,
          parts.at.group};
}

static_assert(weights_in(kiln::matmul(x, kiln::dequantize_int4<16>(p, s)))
              == found{"p", "s", 8, 4, 16});
static_assert(weights_in(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, -3)))
              == found{"w", "s", -3, 8, 16});

// Zero points that 128 more would round; what changes with each run; weights of another kind.
static_assert(weights_in(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, 0.5F))) == found{});
static_assert(
    weights_in(kiln::matmul(x, kiln::dequantize_int4<16>(kiln::input<"changes", u8>(16_c, 5_c), s)))
    == found{});
static_assert(weights_in(kiln::matmul(x, kiln::dequantize(w, 0.5F))) == found{});
static_assert(weights_in(kiln::relu(x)) == found{});

}  // namespace

TEST_CASE("grouped_weights: the rules above hold when compiled") { CHECK(graph::max_outputs > 0); }
