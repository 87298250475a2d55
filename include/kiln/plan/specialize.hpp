// SPDX-License-Identifier: MIT
// The graph that a variant is planned for: extents of one value are numbers, bounds are lower.
#pragma once

#include <kiln/graph/graph.hpp>
#include <kiln/plan/guard.hpp>

namespace kiln::plan {

namespace detail {

constexpr tensor::dim specialized(const tensor::dim& d, const guard& w) {
  tensor::dim r{d.factor};
  for (int s = 0; s < tensor::max_symbols; ++s) {
    const interval& values = w.of[static_cast<std::size_t>(s)];
    const tensor::dim own{1, tensor::product_of(s)};
    for (int k = 0; k < d.symbols[s]; ++k) {
      r = r * (values.is_one_value() ? tensor::dim{values.low} : own);
    }
  }
  return r;
}

}  // namespace detail

/// g for the values that w lets through. Symbols keep their places; a symbol of one value is found
/// in no type any more.
///
/// @law   interpret(specialize(g, w)) == interpret(g) where w holds
/// @cost  linear in nodes
template <std::size_t Capacity>
constexpr graph::graph<Capacity> specialize(graph::graph<Capacity> g, const guard& w) {
  for (int i = 0; i < g.size; ++i) {
    tensor::tensor_type& type = g[i].type;
    for (int axis = 0; axis < type.rank; ++axis) {
      if (!type[axis].is_static()) type[axis] = detail::specialized(type[axis], w);
    }
  }
  for (std::size_t s = 0; s < static_cast<std::size_t>(w.symbols); ++s) {
    g.symbols[s].bound = w.of[s].high;
  }
  return g;
}

}  // namespace kiln::plan
