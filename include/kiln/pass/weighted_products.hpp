// SPDX-License-Identifier: MIT
// Products of what changes with every run by constant weights: those that other types may compute.
#pragma once

#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/grouped_weights.hpp>

namespace kiln::pass::detail {

/// True for a dequantised tensor, in whatever order and shape.
template <class Nodes>
constexpr bool is_dequantized(const Nodes& at, int i) {
  while (at[i].template is<op::reshape_op>() || at[i].template is<op::transpose_op>()) {
    i = at[i].operand(0);
  }
  return at[i].template is<op::dequantize_op>();
}

/// True for a matmul or convolution of f32 with constant weights of a layer, but for products of
/// what is quantised already. Its operands are nodes of `at`; `constant` says which of them depend
/// on no input.
template <class Nodes, class IsConstant>
constexpr bool is_weighted_product(const Nodes& at, const graph::node& n, IsConstant constant) {
  const bool matmul = n.is<op::matmul_op>();
  if ((!matmul && !n.is<op::conv2d_op>()) || n.type.element != tensor::dtype::f32) return false;
  const graph::node &a = at[n.operand(0)], &w = at[n.operand(1)];
  if (!is_floating(a.type.element) || !is_floating(w.type.element)) return false;
  if (is_dequantized(at, n.operand(0)) || is_dequantized(at, n.operand(1))) return false;
  if (matmul && w.type.rank != 2) return false;
  if (constant(n.operand(0)) || !constant(n.operand(1))) return false;
  return grouped_weights_of(at, n, constant).numbers < 0;
}

/// How many of them need a range in a graph.
template <std::size_t N>
constexpr int count_weighted_products(const graph::graph<N>& g) {
  const auto live = graph::live_nodes(g);
  const auto constants = graph::constant_nodes(g);
  const auto constant = [&](int i) { return constants[static_cast<std::size_t>(i)]; };
  int found = 0;
  for (int i = 0; i < g.size; ++i) {
    found += live[static_cast<std::size_t>(i)] && is_weighted_product(g, g[i], constant) ? 1 : 0;
  }
  return found;
}

}  // namespace kiln::pass::detail
