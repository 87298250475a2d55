// SPDX-License-Identifier: MIT
// Lets products by constant weights run on bf16.
#pragma once

#include <kiln/pass/weighted_products.hpp>

#include <string_view>

namespace kiln::pass {

/// What enters each matmul and convolution with constant weights, and the weights, become bf16;
/// sums and everything else stay in f32, and products of dequantised numbers what they are.
///
/// @before  %2 = matmul(%0, %1) : f32[2, 4]
/// @after   %2 = cast(%0, element=bf16) : bf16[2, 8]   %3 = cast(%1, element=bf16) : bf16[8, 4]
///          %4 = matmul(%2, %3) : bf16[2, 4]   %5 = cast(%4) : f32[2, 4]
/// @cost    linear in nodes and operands; adds 3 nodes a product
/// @accuracy not the same function: inputs and weights are off by up to 2^-8 of their size
struct to_bf16_fn final {
  static constexpr std::string_view name = "to_bf16";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::rewrite(g, [](graph::rewriter<N>& out, graph::node& n) {
      const auto constant = [&](int i) { return out.is_constant(i); };
      if (!detail::is_weighted_product(out, n, constant) || !out.has_room(3)) return graph::keep;
      const auto small = op::cast_op::to(tensor::dtype::bf16);
      const int a = out.template make<op::cast_op>({n.operand(0)}, small);
      const int w = out.template make<op::cast_op>({n.operand(1)}, small);
      const int product =
          n.is<op::matmul_op>()
              ? out.template make<op::matmul_op>({a, w}, n.attributes_of<op::matmul_op>())
              : out.template make<op::conv2d_op>({a, w}, n.attributes_of<op::conv2d_op>());
      return graph::rewriter<N>::template become<op::cast_op>(
          n, {product}, op::cast_op::to(tensor::dtype::f32));
    });
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    return 3 * detail::count_weighted_products(g);
  }
};
inline constexpr to_bf16_fn to_bf16{};

}  // namespace kiln::pass
