// SPDX-License-Identifier: MIT
// Batch norms of constant statistics go into the weights before them, or become one multiply-add.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::pass {

namespace detail {

// spread, its rsqrt, scale, two for the shift, scale as a column, weights, product
inline constexpr int new_nodes = 8;

/// The rule of fold_batch_norm, with what it needs to know of the graph.
template <std::size_t N>
class batch_norm_rule final {
 public:
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;

  constexpr explicit batch_norm_rule(const graph::graph<N>& g)
      : old_uses_(graph::use_counts(g)) {}

  constexpr int operator()(graph_rewriter& out, node& n) {
    const int said =
        n.is<op::batch_norm_op>() && !out.is_constant(n.operand(0)) ? fold(out, n) : graph::keep;
    if (said == graph::keep) {
      uses_[static_cast<std::size_t>(out.made().size)] =
          old_uses_[static_cast<std::size_t>(out.current())];
    }
    return said;
  }

 private:
  /// A product or convolution before a batch norm, and the bias between them.
  struct producer final {
    int product = -1;
    int bias = -1;
  };

  constexpr bool once(int i) const { return uses_[static_cast<std::size_t>(i)] == 1; }
  /// True for what can be scaled along the last axis.
  constexpr bool has_own_weights(const graph_rewriter& out, int i) const {
    const node& x = out[i];
    return (x.template is<op::matmul_op>() || x.template is<op::conv2d_op>()) && once(i)
           && out.is_constant(x.operand(1)) && out.operand(x, 1).type.element == tensor::dtype::f32;
  }
  static constexpr bool is_row(const node& parameter) {
    return parameter.type.rank <= 1 && parameter.type.element == tensor::dtype::f32;
  }

  constexpr producer producer_of(const graph_rewriter& out, int i) const {
    if (has_own_weights(out, i)) return {i, -1};
    const node& sum = out[i];
    if (!sum.template is<op::add_op>() || !once(i)) return {};
    for (const int k : {0, 1}) {
      const int bias = sum.operand(1 - k);
      if (has_own_weights(out, sum.operand(k)) && out.is_constant(bias) && is_row(out[bias])
          && out.operand(sum, k).type == sum.type) {
        return {sum.operand(k), bias};
      }
    }
    return {};
  }

  constexpr int fold(graph_rewriter& out, node& n) {
    for (int k = 1; k < n.count; ++k) {
      if (!out.is_constant(n.operand(k)) || !is_row(out.operand(n, k))) return graph::keep;
    }
    if (!out.has_room(new_nodes)) return graph::keep;
    const int gamma = n.operand(1), beta = n.operand(2), mean = n.operand(3);
    const int spread = out.template make<op::add_op>({n.operand(4), n.operand(5)});
    const int scale = out.template make<op::mul_op>({make_rsqrt(out, spread), gamma});
    const producer before = producer_of(out, n.operand(0));
    const int shift =
        before.bias < 0
            ? difference(out, beta, out.template make<op::mul_op>({mean, scale}))
            : out.template make<op::linear_op>({difference(out, before.bias, mean), scale, beta});
    int said = graph::keep;
    if (before.product >= 0) {
      const int product = scaled_product(out, before.product, scale);
      said = graph_rewriter::template become<op::add_op>(n, {product, shift});
      if (product >= 0) uses_[static_cast<std::size_t>(product)] = 1;
    }
    if (said == graph::keep && before.bias < 0) {
      said = graph_rewriter::template become<op::linear_op>(n, {n.operand(0), scale, shift});
    }
    return said;
  }
  static constexpr int make_rsqrt(graph_rewriter& out, int x) {
    return out.template make<op::rsqrt_op>({x});
  }
  static constexpr int difference(graph_rewriter& out, int a, int b) {
    return out.template make<op::sub_op>({a, b});
  }

  /// The product or convolution with its weights scaled along the axis of its result's columns.
  static constexpr int scaled_product(graph_rewriter& out, int i, int scale) {
    const node product = out[i];
    int rows = scale;
    const bool transposed =
        product.is<op::matmul_op>() && product.attributes_of<op::matmul_op>().transpose_b != 0;
    if (transposed && out[scale].type.rank == 1) {
      tensor::tensor_type column{tensor::dtype::f32, 2, {out[scale].type[0]}};
      rows = out.reshape(scale, column);
    }
    const int weights = out.template make<op::mul_op>({product.operand(1), rows});
    if (weights < 0 || out[weights].type != out.operand(product, 1).type) return -1;
    if (product.is<op::matmul_op>()) {
      return out.template make<op::matmul_op>({product.operand(0), weights},
                                              product.attributes_of<op::matmul_op>());
    }
    return out.template make<op::conv2d_op>({product.operand(0), weights},
                                            product.attributes_of<op::conv2d_op>());
  }

  std::array<std::int16_t, N> old_uses_;
  std::array<std::int16_t, N> uses_{};  // of nodes of the new graph; 0: not known
};

}  // namespace detail

/// A batch norm whose statistics depend on no input (they are then computed once, at bind) scales
/// the weights and the bias of the product or convolution before it, where nobody else reads that;
/// elsewhere it becomes linear(x, scale, shift).
///
/// @before  %8 = matmul(%0, %1) : f32[2, 4]   %9 = batch_norm(%8, %2, %3, %4, %5, %6) : f32[2, 4]
/// @after   %12 = matmul(%0, %10) : f32[2, 4]   %13 = add(%12, %11) : f32[2, 4]
/// @cost    linear in nodes and operands; adds up to 8 nodes for each batch norm and leaves one
///          alone for which the graph has no room
/// @accuracy not the same bits: (x w - mean) s + beta and x (w s) + (beta - mean s) round in other
///           places; the bound is that of the graph it gives
struct fold_batch_norm_fn final {
  static constexpr std::string_view name = "fold_batch_norm";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    detail::batch_norm_rule<N> rule(g);
    return graph::rewriter<N>(g).run(rule);
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    return detail::new_nodes * graph::count<op::batch_norm_op>(g);
  }
};
inline constexpr fold_batch_norm_fn fold_batch_norm{};

}  // namespace kiln::pass
