// SPDX-License-Identifier: MIT
// Drops the nodes that no output needs.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <string_view>

namespace kiln::pass {

/// Keeps the nodes below an output, in their order, and all inputs and weights: what a net is
/// called with does not depend on passes.
///
/// @before  %1 = exp(%0) : f32[8]   %2 = relu(%0) : f32[8]   return y = %2
/// @after   %1 = relu(%0) : f32[8]   return y = %1
/// @cost    linear in nodes and operands
/// @accuracy same bits
struct drop_dead_fn final {
  static constexpr std::string_view name = "drop_dead";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::compact<N>(g);
  }
};
inline constexpr drop_dead_fn drop_dead{};

}  // namespace kiln::pass
