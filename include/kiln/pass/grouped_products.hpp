// SPDX-License-Identifier: MIT
// Products by weights that are dequantised group by group become products of those weights.
#pragma once

#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/grouped_weights.hpp>
#include <kiln/pass/scaled_sum.hpp>

#include <string_view>

namespace kiln::pass {

namespace detail {

/// The most nodes that grouped_product adds.
inline constexpr int grouped_nodes = 12;

/// A rule for matmul nodes.
template <std::size_t N>
struct grouped_product final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  graph_rewriter& out;
  node& n;

  constexpr int operator()() const {
    if (!out.has_room(grouped_nodes)) return graph::keep;
    const auto constant = [&](int i) { return out.is_constant(i); };
    const grouped_weights w = grouped_weights_of(out, n, constant);
    return w.numbers < 0 ? graph::keep : product(n.operand(0), w);
  }

 private:
  constexpr int product(int a, const grouped_weights& w) const {
    const bool is_signed = out[w.numbers].type.element == tensor::dtype::s8;
    const float shift = is_signed ? 128 : 0;
    const int zero = zero_of(w.zero, shift);
    int numbers = w.numbers;
    if (is_signed) {
      const int moved =
          out.template make<op::add_op>({as_float(out, numbers), out.constant(shift)});
      numbers = out.template make<op::cast_op>({moved}, op::cast_op::to(tensor::dtype::u8));
    }
    const bool half = out[w.scale].type.element == tensor::dtype::f16;
    const int scale = half ? w.scale : as_float(out, w.scale);
    return graph_rewriter::template become<op::grouped_matmul_op>(
        n, {as_float(out, a), numbers, scale, zero}, w.at);
  }
  /// The zero point of numbers that are larger by `shift`. Whole numbers of bytes are kept as f16,
  /// which holds them exactly.
  constexpr int zero_of(int zero, float shift) const {
    if (graph::is_scalar_constant(out[zero])) return out.constant(out[zero].value + shift);
    if (!is_byte(out[zero].type.element)) return as_float(out, zero);
    int moved = as_float(out, zero);
    if (shift != 0) moved = out.template make<op::add_op>({moved, out.constant(shift)});
    return out.template make<op::cast_op>({moved}, op::cast_op::to(tensor::dtype::f16));
  }
};

}  // namespace detail

/// A product of floats by constant weights of 8 or 4 bits with a scale, and perhaps a zero point,
/// for every group of neighbours along k, keeps the weights as they are: they are widened where
/// they are multiplied, and take an eighth or a quarter of the memory of f32. Groups are of whole
/// 32-bit words, which is 8 numbers of 4 bits or 4 of 8; other products stay as they are.
///
/// @before  %9 = reshape(...) : f32[64, 20]   %11 = matmul(%10, %9) : f32[3, 20]
/// @after   %4 = grouped_matmul(%0, %1, %2, %3, bits=4, group=32) : f32[3, 20]
/// @cost    linear in nodes and operands; adds up to 12 nodes a product
/// @accuracy the same meaning; sums are rounded in another order
struct grouped_products_fn final {
  static constexpr std::string_view name = "grouped_products";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    if (room(g) == 0) return graph::compact<N>(g);
    return graph::rewrite(g, [](graph::rewriter<N>& out, graph::node& n) {
      return detail::grouped_product<N>{out, n}();
    });
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    int products = 0;
    for (int i = 0; i < g.size; ++i) {
      products += g[i].template is<op::matmul_op>() && is_candidate(g, g[i].operand(1)) ? 1 : 0;
    }
    return detail::grouped_nodes * products;
  }

 private:
  template <std::size_t N>
  static constexpr bool is_candidate(const graph::graph<N>& g, int b) {
    if (!g[b].template is<op::reshape_op>()) return false;
    const graph::node& scaled = g[g[b].operand(0)];
    return scaled.is<op::mul_op>() && scaled.type.rank == 3
           && g[scaled.operand(0)].template is<op::sub_op>();
  }
};
inline constexpr grouped_products_fn grouped_products{};

}  // namespace kiln::pass
