// SPDX-License-Identifier: MIT
// Merges nodes that compute the same from the same operands.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>

namespace kiln::pass {

namespace detail {

constexpr bool is_commutative(const graph::node& n) {
  return n.is<op::add_op>() || n.is<op::mul_op>() || n.is<op::equal_op>()
         || n.is<op::not_equal_op>();
}

// a * b and b * a have the same bits: the one with sorted operands stands for both.
constexpr graph::node sorted(graph::node n) {
  if (is_commutative(n) && n.operand(0) > n.operand(1)) std::swap(n.operands[0], n.operands[1]);
  return n;
}

/// Nodes of the new graph by what they compute: an open hash table.
template <std::size_t N>
class equal_nodes final {
 public:
  static constexpr std::size_t slots = std::bit_ceil(2 * N);

  /// The rule: an equal node of the new graph takes the place of n.
  constexpr int operator()(const graph::rewriter<N>& out, const graph::node& n) {
    const graph::node key = sorted(n);
    const std::uint32_t h = hash(key);
    for (std::size_t slot = h % slots;; slot = (slot + 1) % slots) {
      const int place = places_[slot] - 1;
      if (place < 0) {
        places_[slot] = static_cast<std::int16_t>(out.made().size + 1);
        hashes_[slot] = h;
        return graph::keep;
      }
      if (hashes_[slot] == h && graph::same(sorted(out[place]), key)) return place;
    }
  }

 private:
  static constexpr std::uint32_t mix(std::uint32_t h, std::int64_t v) {
    return (h ^ static_cast<std::uint32_t>(v)) * 16777619U;
  }
  // Addresses have no bits in a constant expression: names, tables and callables are compared only.
  static constexpr std::uint32_t hash(const graph::node& n) {
    std::uint32_t h = mix(2166136261U, static_cast<std::int64_t>(n.kind));
    for (int i = 0; i < n.count; ++i) h = mix(h, n.operand(i));
    for (const auto word : n.attributes) h = mix(h, word);
    for (int i = 0; i < n.type.rank; ++i) h = mix(h, n.type[i].factor);
    h = mix(h, n.slot);
    h = mix(h, std::bit_cast<std::int32_t>(n.value));
    return h ^ (h >> 15U);
  }

  std::array<std::int16_t, slots> places_{};  // index + 1; 0: free
  std::array<std::uint32_t, slots> hashes_{};
};

}  // namespace detail

/// Of equal nodes the first stays: same operator, attributes, operands (in any order where the
/// order does not change a bit) and type; numbers of equal bits, one array, one callable. User
/// callables are taken to be pure.
///
/// @before  %1 = exp(%0) : f32[8]   %2 = exp(%0) : f32[8]   %3 = mul(%1, %2) : f32[8]
/// @after   %1 = exp(%0) : f32[8]   %2 = mul(%1, %1) : f32[8]
/// @cost    linear in nodes and operands
/// @accuracy same bits
struct merge_equal_fn final {
  static constexpr std::string_view name = "merge_equal";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    detail::equal_nodes<N> seen{};
    return graph::rewriter<N>(g).run(seen);
  }
};
inline constexpr merge_equal_fn merge_equal{};

}  // namespace kiln::pass
