// SPDX-License-Identifier: MIT
// Products by weights that are dequantised group by group become products of those weights.
#pragma once

#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/scaled_sum.hpp>

#include <string_view>

namespace kiln::pass {

namespace detail {

/// The most nodes that grouped_product adds.
inline constexpr int grouped_nodes = 12;

/// A rule for matmul nodes: sees what dequantize_grouped and dequantize_int4 spell out.
template <std::size_t N>
struct grouped_product final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  graph_rewriter& out;
  node& n;

  constexpr int operator()() const {
    if (!n.is<op::matmul_op>() || !out.has_room(grouped_nodes)) return graph::keep;
    const auto at = n.attributes_of<op::matmul_op>();
    const int a = n.operand(0), b = n.operand(1);
    if (at.transpose_a != 0 || at.transpose_b != 0) return graph::keep;
    if (out.is_constant(a) || !out.is_constant(b)) return graph::keep;
    if (!is_floating(out[a].type.element) || out[b].type.element != tensor::dtype::f32) {
      return graph::keep;
    }
    const weights w = weights_of(b);
    return w.numbers < 0 ? graph::keep : product(a, w);
  }

 private:
  /// What (numbers - zero) * scale was made of.
  struct weights final {
    int numbers = -1;  // u8 or s8 [k * bits / 8, n]
    int scale = -1;    // [groups, n]
    int zero = -1;     // a number or [groups, n]
    op::grouped_matmul_op::attributes at{};
  };

  /// The operand of a reshape to a type of this rank; -1: it is none.
  constexpr int before_reshape(int i, int rank, int from_rank) const {
    if (!out[i].template is<op::reshape_op>() || out[i].type.rank != rank) return -1;
    const int x = out[i].operand(0);
    return out[x].type.rank == from_rank ? x : -1;
  }
  /// The operand of a cast to f32; -1: it is none.
  constexpr int before_cast(int i) const {
    const bool widens =
        i >= 0 && out[i].template is<op::cast_op>() && out[i].type.element == tensor::dtype::f32;
    return widens ? out[i].operand(0) : -1;
  }
  /// [groups, n] of a parameter that was reshaped to [groups, 1, n].
  constexpr int matrix_of(int i, const tensor::tensor_type& whole) const {
    const int p = i < 0 ? -1 : before_reshape(i, 3, 2);
    if (p < 0) return -1;
    const auto& type = out[p].type;
    return type[0] == whole[0] && type[1] == whole[2] ? p : -1;
  }

  constexpr weights weights_of(int b) const {
    const int scaled = before_reshape(b, 2, 3);
    if (scaled < 0 || !out[scaled].template is<op::mul_op>()) return {};
    const int shifted = out[scaled].operand(0);
    if (!out[shifted].template is<op::sub_op>() || out[shifted].type.rank != 3) return {};
    const tensor::tensor_type& whole = out[shifted].type;
    const int values = before_reshape(out[shifted].operand(0), 3, 2);
    if (values < 0 || !whole.elems().is_static()) return {};
    weights w;
    w.scale = matrix_of(out[scaled].operand(1), whole);
    const int zero = out[shifted].operand(1), zero_before = before_cast(zero);
    if (zero_before >= 0 && graph::is_scalar_constant(out[zero_before])) {
      w.zero = zero_before;
    } else if (graph::is_scalar_constant(out[zero])) {
      w.zero = zero;
    } else {
      w.zero = matrix_of(zero_before >= 0 ? zero_before : zero, whole);
    }
    if (w.scale < 0 || w.zero < 0) return {};
    w.at.group = whole[1].factor;
    w.numbers = before_cast(values);
    if (w.numbers < 0) {
      w.numbers = pairs_of(values);
      w.at.bits = 4;
    }
    const bool words = w.at.group % op::grouped_matmul_op::together(w.at) == 0;
    return words && w.numbers >= 0 && is_byte(w.numbers) ? w : weights{};
  }
  constexpr bool is_byte(int i) const {
    const auto element = out[i].type.element;
    return element == tensor::dtype::u8 || element == tensor::dtype::s8;
  }
  constexpr bool is_times(int i, int x, float factor) const {
    return out[i].template is<op::mul_op>() && out[i].operand(0) == x
           && graph::is_constant(out.operand(out[i], 1), factor);
  }
  /// The bytes of numbers of four bits: concat(bytes - 16 high, high), high = floor(bytes / 16).
  constexpr int pairs_of(int values) const {
    const int both = before_reshape(values, 2, 3);
    if (both < 0 || !out[both].template is<op::concat_op>() || out[both].count != 2) return -1;
    if (out[both].template attributes_of<op::concat_op>().axis != 1) return -1;
    const int low = before_reshape(out[both].operand(0), 3, 2);
    const int high = before_reshape(out[both].operand(1), 3, 2);
    if (low < 0 || high < 0) return -1;
    if (!out[low].template is<op::sub_op>() || !out[high].template is<op::floor_op>()) return -1;
    const int bytes = out[low].operand(0);
    if (!is_times(out[high].operand(0), bytes, 0.0625F)) return -1;
    if (!is_times(out[low].operand(1), high, 16)) return -1;
    const int packed = before_cast(bytes);
    return packed >= 0 && out[packed].type.element == tensor::dtype::u8 ? packed : -1;
  }

  // ---- the product ------------------------------------------------------------------------------

  constexpr int product(int a, const weights& w) const {
    const bool is_signed = out[w.numbers].type.element == tensor::dtype::s8;
    const float shift = is_signed ? 128 : 0;
    const int zero = zero_of(w.zero, shift);
    int numbers = w.numbers;
    if (is_signed && zero >= 0) {
      const int moved =
          out.template make<op::add_op>({as_float(out, numbers), out.constant(shift)});
      numbers = out.template make<op::cast_op>({moved}, op::cast_op::to(tensor::dtype::u8));
    }
    const bool half = out[w.scale].type.element == tensor::dtype::f16;
    const int scale = half ? w.scale : as_float(out, w.scale);
    return graph_rewriter::template become<op::grouped_matmul_op>(
        n, {as_float(out, a), numbers, scale, zero}, w.at);
  }
  /// The zero point of numbers that are larger by `shift`; -1: it would be rounded. Whole numbers
  /// of bytes are kept as f16, which holds them exactly.
  constexpr int zero_of(int zero, float shift) const {
    if (graph::is_scalar_constant(out[zero])) {
      const float value = out[zero].value;
      const bool whole =
          value >= -256 && value <= 256 && static_cast<float>(static_cast<int>(value)) == value;
      return shift == 0 || whole ? out.constant(value + shift) : -1;
    }
    if (!is_byte(zero)) return shift == 0 ? as_float(out, zero) : -1;
    int moved = as_float(out, zero);
    if (shift != 0) moved = out.template make<op::add_op>({moved, out.constant(shift)});
    return moved < 0 ? -1
                     : out.template make<op::cast_op>({moved}, op::cast_op::to(tensor::dtype::f16));
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
