// SPDX-License-Identifier: MIT
// Weights that are dequantised group by group: how a product by them is told from others.
#pragma once

#include <kiln/graph/query.hpp>
#include <kiln/op/grouped_matmul.hpp>

namespace kiln::pass::detail {

constexpr bool is_byte(tensor::dtype element) {
  return element == tensor::dtype::u8 || element == tensor::dtype::s8;
}

/// What (numbers - zero) * scale was made of.
struct grouped_weights final {
  int numbers = -1;  // u8 or s8 [k * bits / 8, n]; -1: the weights are others
  int scale = -1;    // [groups, n]
  int zero = -1;     // a number or [groups, n]
  op::grouped_matmul_op::attributes at{};
};

/// Looks through what dequantize_grouped and dequantize_int4 spell out.
template <class Nodes>
struct grouped_search final {
  const Nodes& nodes;

  /// What node b was made of.
  constexpr grouped_weights operator()(int b) const {
    const int scaled = before_reshape(b, 2, 3);
    if (scaled < 0 || !nodes[scaled].template is<op::mul_op>()) return {};
    const int shifted = nodes[scaled].operand(0);
    if (!nodes[shifted].template is<op::sub_op>() || nodes[shifted].type.rank != 3) return {};
    const tensor::tensor_type& whole = nodes[shifted].type;
    const int values = before_reshape(nodes[shifted].operand(0), 3, 2);
    if (values < 0 || !whole.elems().is_static()) return {};
    grouped_weights w;
    w.scale = matrix_of(nodes[scaled].operand(1), whole);
    const int zero = nodes[shifted].operand(1), zero_before = before_cast(zero);
    if (zero_before >= 0 && graph::is_scalar_constant(nodes[zero_before])) {
      w.zero = zero_before;
    } else if (graph::is_scalar_constant(nodes[zero])) {
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
    return words && w.numbers >= 0 && keeps(w) ? w : grouped_weights{};
  }

 private:
  /// The operand of a reshape to a type of this rank; -1: it is none.
  constexpr int before_reshape(int i, int rank, int from_rank) const {
    if (!nodes[i].template is<op::reshape_op>() || nodes[i].type.rank != rank) return -1;
    const int x = nodes[i].operand(0);
    return nodes[x].type.rank == from_rank ? x : -1;
  }
  /// The operand of a cast to f32; -1: it is none.
  constexpr int before_cast(int i) const {
    const bool widens = i >= 0 && nodes[i].template is<op::cast_op>()
                        && nodes[i].type.element == tensor::dtype::f32;
    return widens ? nodes[i].operand(0) : -1;
  }
  /// [groups, n] of a parameter that was reshaped to [groups, 1, n].
  constexpr int matrix_of(int i, const tensor::tensor_type& whole) const {
    const int p = i < 0 ? -1 : before_reshape(i, 3, 2);
    if (p < 0) return -1;
    const auto& type = nodes[p].type;
    return type[0] == whole[0] && type[1] == whole[2] ? p : -1;
  }
  constexpr bool is_times(int i, int x, float factor) const {
    const graph::node& n = nodes[i];
    return n.is<op::mul_op>() && n.operand(0) == x
           && graph::is_constant(nodes[n.operand(1)], factor);
  }
  /// The bytes of numbers of four bits: concat(bytes - 16 high, high), high = floor(bytes / 16).
  constexpr int pairs_of(int values) const {
    const int both = before_reshape(values, 2, 3);
    if (both < 0) return -1;
    const graph::node& joined = nodes[both];
    if (!joined.is<op::concat_op>() || joined.count != 2) return -1;
    if (joined.attributes_of<op::concat_op>().axis != 1) return -1;
    const int low = before_reshape(joined.operand(0), 3, 2);
    const int high = before_reshape(joined.operand(1), 3, 2);
    if (low < 0 || high < 0) return -1;
    if (!nodes[low].template is<op::sub_op>() || !nodes[high].template is<op::floor_op>()) {
      return -1;
    }
    const int bytes = nodes[low].operand(0);
    if (!is_times(nodes[high].operand(0), bytes, 0.0625F)) return -1;
    if (!is_times(nodes[low].operand(1), high, 16)) return -1;
    const int packed = before_cast(bytes);
    return packed >= 0 && nodes[packed].type.element == tensor::dtype::u8 ? packed : -1;
  }
  /// Whether the numbers are bytes that may become u8: s8 and the zero point then are larger by
  /// 128, which must not round the latter.
  constexpr bool keeps(const grouped_weights& w) const {
    const auto element = nodes[w.numbers].type.element;
    if (element != tensor::dtype::s8) return element == tensor::dtype::u8;
    const graph::node& zero = nodes[w.zero];
    if (!graph::is_scalar_constant(zero)) return is_byte(zero.type.element);
    return zero.value >= -256 && zero.value <= 256
           && static_cast<float>(static_cast<int>(zero.value)) == zero.value;
  }
};

/// The weights of a product of changing floats by constant weights in groups. Operands of n are
/// nodes of `nodes`; `constant` says which of them depend on no input.
template <class Nodes, class IsConstant>
constexpr grouped_weights grouped_weights_of(const Nodes& nodes,
                                             const graph::node& n,
                                             IsConstant constant) {
  if (!n.is<op::matmul_op>()) return {};
  const auto at = n.attributes_of<op::matmul_op>();
  const int a = n.operand(0), b = n.operand(1);
  if (at.transpose_a != 0 || at.transpose_b != 0 || constant(a) || !constant(b)) return {};
  const bool floats =
      is_floating(nodes[a].type.element) && nodes[b].type.element == tensor::dtype::f32;
  return floats ? grouped_search<Nodes>{nodes}(b) : grouped_weights{};
}

}  // namespace kiln::pass::detail
