// SPDX-License-Identifier: MIT
// Lets products by constant weights run on 8-bit integers, given the ranges of what enters them.
#pragma once

#include <kiln/pass/weighted_products.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::pass {

namespace detail {

/// Nodes that scales of all products take, and those of one product.
inline constexpr int range_nodes = 48;
inline constexpr int quantized_product_nodes = 20;

/// True if no element of node i is below 0, as far as operators tell.
template <class Nodes>
constexpr bool is_positive(const Nodes& at, int i) {
  for (;;) {
    const graph::node& n = at[i];
    if (n.is<op::relu_op>() || n.is<op::abs_op>() || n.is<op::square_op>() || n.is<op::exp_op>()
        || n.is<op::sigmoid_op>() || n.is<op::softmax_op>()) {
      return true;
    }
    if (n.is<op::clip_op>()) {
      const graph::node& low = at[n.operand(1)];
      return graph::is_scalar_constant(low) && low.value >= 0;
    }
    const bool moves = n.is<op::reshape_op>() || n.is<op::transpose_op>() || n.is<op::slice_op>()
                       || n.is<op::max_pool_op>() || n.is<op::avg_pool_op>();
    if (!moves) return false;
    i = n.operand(0);
  }
}

/// The rule of to_int8, with the scales that it has made so far.
template <std::size_t N>
struct int8_rule final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  using axes = op::reduction_attributes;

  /// How numbers are mapped to integers.
  enum class mapping : std::uint8_t { positive, shifted, symmetric };  // u8 from 0, u8, s8
  struct step final {
    int scale = -1;
    int zero = -1;
  };

  node ranges{};  // the source of f32[products, 2]
  int products = 0;
  int done = 0;
  int source = -1;
  std::array<step, 3> all{};           // of all products, by mapping
  std::array<std::int16_t, N> rows{};  // by input: 1 + the row of the first product that reads it

  constexpr int operator()(graph_rewriter& out, node& n) {
    const auto constant = [&](int i) { return out.is_constant(i); };
    if (!is_weighted_product(out, n, constant)) return graph::keep;
    if (!out.has_room(range_nodes + quantized_product_nodes)) return graph::keep;
    const int mine = row_of(n.operand(0), done++);
    const int a = quantized_input(out, n, mine);
    const int w = quantized_weights(out, n);
    if (n.is<op::matmul_op>()) {
      return graph_rewriter::template become<op::matmul_op>(
          n, {a, w}, n.attributes_of<op::matmul_op>());
    }
    return graph_rewriter::template become<op::conv2d_op>(
        n, {a, w}, n.attributes_of<op::conv2d_op>());
  }

 private:
  template <class Op>
  static constexpr int make(graph_rewriter& out,
                            std::initializer_list<int> operands,
                            const typename Op::attributes& at = {}) {
    return out.template make<Op>(operands, at);
  }
  static constexpr int as_f32(graph_rewriter& out, int i) {
    if (out[i].type.element == tensor::dtype::f32) return i;
    return make<op::cast_op>(out, {i}, op::cast_op::to(tensor::dtype::f32));
  }
  /// x / most, or 1 where x is 0.
  static constexpr int scale_of(graph_rewriter& out, int x, float most) {
    const int none = make<op::equal_op>(out, {x, out.constant(0)});
    const int scale = make<op::div_op>(out, {x, out.constant(most)});
    return make<op::select_op>(out, {none, out.constant(1), scale});
  }
  static constexpr int there_and_back(
      graph_rewriter& out, int x, int scale, int zero, tensor::dtype to) {
    const int steps = make<op::quantize_op>(out, {x, scale, zero});
    const int integers = make<op::cast_op>(out, {steps}, op::cast_op::to(to));
    return make<op::dequantize_op>(out, {integers, scale, zero});
  }

  // ---- weights: a scale for each column, computed from them -------------------------------------

  static constexpr int quantized_weights(graph_rewriter& out, const node& n) {
    const int w = as_f32(out, n.operand(1));
    axes along{7, 1};
    if (n.is<op::matmul_op>()) {
      along.axes = n.attributes_of<op::matmul_op>().transpose_b != 0 ? 2 : 1;
    }
    const int size = make<op::abs_op>(out, {w});
    const int scale = scale_of(out, make<op::reduce_max_op>(out, {size}, along), 127);
    return there_and_back(out, w, scale, out.constant(0), tensor::dtype::s8);
  }

  // ---- inputs: scales from the ranges, computed for all products at once ------------------------

  /// Products that read one tensor take one row, so that it is quantised once.
  constexpr int row_of(int input, int mine) {
    std::int16_t& row = rows[static_cast<std::size_t>(input)];
    if (row == 0) row = static_cast<std::int16_t>(mine + 1);
    return row - 1;
  }
  constexpr int quantized_input(graph_rewriter& out, const node& n, int mine) {
    const int x = as_f32(out, n.operand(0));
    const mapping how = mapping_of(out, n);
    step& made = all[static_cast<std::size_t>(how)];
    if (made.scale < 0) made = steps_of(out, how);
    const int scale = number(out, made.scale, mine);
    const int zero = how == mapping::shifted ? number(out, made.zero, mine) : out.constant(0);
    const auto to = how == mapping::symmetric ? tensor::dtype::s8 : tensor::dtype::u8;
    return there_and_back(out, x, scale, zero, to);
  }
  /// The border of a convolution is 0, which must be the integer 0.
  static constexpr mapping mapping_of(const graph_rewriter& out, const node& n) {
    if (is_positive(out, n.operand(0))) return mapping::positive;
    if (n.is<op::matmul_op>()) return mapping::shifted;
    const auto at = n.attributes_of<op::conv2d_op>();
    const bool padded = at.top != 0 || at.left != 0 || at.bottom != 0 || at.right != 0;
    return padded ? mapping::symmetric : mapping::shifted;
  }
  constexpr step steps_of(graph_rewriter& out, mapping how) {
    if (source < 0) source = out.make_source(ranges);
    const int low = make<op::min_op>(out, {column(out, 0), out.constant(0)});
    const int high = make<op::max_op>(out, {column(out, 1), out.constant(0)});
    if (how == mapping::positive) return {scale_of(out, high, 255), -1};
    const int below = make<op::negate_op>(out, {low});
    if (how == mapping::symmetric) {
      return {scale_of(out, make<op::max_op>(out, {below, high}), 127), -1};
    }
    const int scale = scale_of(out, make<op::add_op>(out, {high, below}), 255);
    return {scale, make<op::round_op>(out, {make<op::div_op>(out, {below, scale})})};
  }
  /// Column k of the ranges: f32[products, 1].
  constexpr int column(graph_rewriter& out, int k) const {
    return make<op::slice_op>(out, {source}, {1, k, k + 1, 1});
  }
  static constexpr int number(graph_rewriter& out, int column, int row) {
    const int one = make<op::slice_op>(out, {column}, {0, row, row + 1, 1});
    return one < 0 ? -1 : out.reshape(one, {tensor::dtype::f32, 0, {}});
  }
};

}  // namespace detail

/// Quantises what enters each matmul and convolution with constant weights, but for products of
/// dequantised numbers, which stay what they are; and the weights; and turns them back at once;
/// low_precision makes products of integers of that. Weights become s8 with a scale for each column
/// (their greatest size / 127), computed at bind. Inputs become u8: from 0 on where they cannot be
/// negative, else with a zero point; s8 where a convolution has a border. Their ranges come from a
/// table, or from a weight of that name which the pass adds to the net; observe_ranges measures
/// them. Products that read one tensor take the first one's range.
///
/// @before  %2 = matmul(%0, %1) : f32[2, 4]
/// @after   %20 = dequantize(%19, %14, %17) : f32[2, 8]   %29 = dequantize(%28, %25, %26) : f32[8,
///          4]   %30 = matmul(%20, %29) : f32[2, 4]
/// @cost    linear in nodes and operands; adds up to 20 nodes a product and 32
/// @accuracy not the same function: every input of a product is off by up to half a step, range /
///          255 / 2, and clamped to its range; every weight by its column's greatest size / 254
struct to_int8_fn final {
  static constexpr std::string_view name = "to_int8";
  const float* table = nullptr;        // [products, 2], least and greatest; or
  std::string_view weight = "ranges";  // the name of such a weight

  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    detail::int8_rule<N> rule{};
    rule.products = detail::count_weighted_products(g);
    if (rule.products == 0) return graph::compact<N>(g);
    rule.ranges.type = tensor::static_type(tensor::dtype::f32, rule.products, 2);
    if (table != nullptr) {
      rule.ranges.kind = op::kind_of<op::table_op>;
      rule.ranges.table = table;
    } else {
      rule.ranges.kind = op::kind_of<op::weight_op>;
      rule.ranges.name = weight;
      rule.ranges.slot = next_slot(g);
    }
    return graph::rewriter<N>(g).run(rule);
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    const int products = detail::count_weighted_products(g);
    const int most = 2 * detail::range_nodes + detail::quantized_product_nodes * products;
    return products == 0 ? 0 : most;
  }

 private:
  template <std::size_t N>
  constexpr std::int16_t next_slot(const graph::graph<N>& g) const {
    std::int16_t next = 0;
    for (int i = 0; i < g.size; ++i) {
      if (!g[i].template is<op::weight_op>()) continue;
      if (g[i].name == weight) core::unreachable("a weight is called as the ranges of to_int8");
      if (g[i].slot >= next) next = static_cast<std::int16_t>(g[i].slot + 1);
    }
    return next;
  }
};
inline constexpr to_int8_fn to_int8{};

}  // namespace kiln::pass
