// SPDX-License-Identifier: MIT
// The product of two dequantised tensors as a product of integers with scales behind it.
#pragma once

#include <kiln/pass/zero_points.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::pass::detail {

/// The most nodes that integer_product adds.
inline constexpr int product_nodes = 56;

/// More products than this may overflow 31 bits.
inline constexpr std::int64_t longest_sum = 65793;

/// A rule for matmul and conv2d nodes.
template <std::size_t N>
struct integer_product final : zero_points<N> {
  using base = zero_points<N>;
  using side = product_side;
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  using base::is_matmul;
  using base::minus;
  using base::n;
  using base::out;
  using base::plus;
  using base::times;

  constexpr int operator()() const {
    if (!out.has_room(product_nodes)) return graph::keep;
    side a = side_of(0), w = side_of(1);
    if (w.values >= 0 && a.values < 0) return weight_only(w);
    if (w.values < 0 || !is_exact()) return graph::keep;
    if (out[w.values].type.element == tensor::dtype::u8 && !shift(w)) return graph::keep;
    if (a.zero >= 0 && !is_matmul() && !this->knows_border()) return graph::keep;
    if (a.zero >= 0 && !this->has_column_sums(w)) return graph::keep;
    const int sum = product(a, w);
    return sum < 0 ? graph::keep : finish(a, w, base::as_float(out, sum));
  }

  // ---- operands ---------------------------------------------------------------------------------

  /// Every sum is exact in s32, and so are sums of one operand in f32.
  constexpr bool is_exact() const {
    const auto& w = out.operand(n, 1).type;
    if (!is_matmul()) {
      return std::int64_t{w[0].factor} * w[1].factor * w[2].factor <= longest_sum;
    }
    const auto& k = w.back(n.template attributes_of<op::matmul_op>().transpose_b ? 0 : 1);
    return k.is_static() && k.factor <= longest_sum;
  }
  static constexpr bool swaps_last_two(const node& t) {
    if (!t.is<op::transpose_op>() || t.type.rank < 2) return false;
    const auto at = t.attributes_of<op::transpose_op>();
    const int rank = t.type.rank;
    for (int i = 0; i < rank; ++i) {
      const int wanted = i < rank - 2 ? i : 2 * rank - 3 - i;
      if (at.order[static_cast<std::size_t>(i)] != wanted) return false;
    }
    return true;
  }
  constexpr side side_of(int k) const {
    side s;
    int i = n.operand(k);
    if (is_matmul()) {
      const auto at = n.template attributes_of<op::matmul_op>();
      s.transposed = (k == 0 ? at.transpose_a : at.transpose_b) != 0;
      if (swaps_last_two(out[i])) {
        s.transposed = !s.transposed;
        i = out[i].operand(0);
      }
    }
    const int seen = i;
    if (sees_through(i, k)) i = out[i].operand(0);
    if (!out[i].template is<op::dequantize_op>()) return {};
    const int values = out[i].operand(0), zero = out[i].operand(2);
    const auto element = out[values].type.element;
    if (element != tensor::dtype::u8 && element != tensor::dtype::s8) return {};
    s.scale = k == 0 ? row_factor(out[i].operand(1), out[i].type, s.transposed)
                     : column_factor(out[i].operand(1), out[i].type, s.transposed);
    if (!graph::is_constant(out[zero], 0.0F)) {
      const int factor = k == 0 ? row_factor(zero, out[i].type, s.transposed)
                                : column_factor(zero, out[i].type, s.transposed);
      if (factor < 0) return {};
      s.zero = base::as_float(out, factor);
    }
    if (s.scale >= 0) s.values = seen == i ? values : reshaped(values, out[seen].type);
    s.real = i;
    return s;
  }
  /// Whether operand k is a reshape of dequantised numbers whose integers might as well be: with
  /// one scale and zero point for all, or one a filter.
  constexpr bool sees_through(int i, int k) const {
    if (!out[i].template is<op::reshape_op>()) return false;
    const node& d = out.operand(out[i], 0);
    if (!d.is<op::dequantize_op>()) return false;
    if (k == 1) return !is_matmul() && d.type.rank > 0 && d.type.back() == out[i].type.back();
    return is_one(out[d.operand(1)].type) && is_one(out[d.operand(2)].type);
  }
  constexpr int reshaped(int values, tensor::tensor_type type) const {
    type.element = out[values].type.element;
    return out.reshape(values, type);
  }
  constexpr int as_number(int p) const {
    const auto& type = out[p].type;
    return type.rank == 0 ? p : out.reshape(p, {type.element, 0, {}});
  }
  static constexpr bool is_one(const tensor::tensor_type& p) { return p.elems() == tensor::dim{}; }
  /// A parameter of the left operand as a factor of the result's rows.
  constexpr int row_factor(int p, const tensor::tensor_type& of, bool transposed) const {
    const auto& type = out[p].type;
    if (is_one(type)) return as_number(p);
    const bool whole_rows = !transposed && type.back(0) == tensor::dim{};
    if (is_matmul()) return whole_rows ? p : -1;
    const bool images =
        type.rank == of.rank && whole_rows && type[1] == tensor::dim{} && type[2] == tensor::dim{};
    return images ? p : -1;
  }
  /// A parameter of the right operand as a factor of the result's columns: a number or a vector.
  constexpr int column_factor(int p, const tensor::tensor_type& of, bool transposed) const {
    const auto& type = out[p].type;
    if (is_one(type)) return as_number(p);
    const int columns = transposed ? 1 : 0;  // counted from the last axis
    if (type.rank <= columns || type.elems() != of.back(columns)) return -1;
    if (type.back(columns) != of.back(columns)) return -1;
    return type.rank == 1 ? p : out.reshape(p, {type.element, 1, {of.back(columns)}});
  }
  /// Weights of u8 as s8.
  constexpr bool shift(side& w) const {
    const int moved =
        out.template make<op::add_op>({base::as_float(out, w.values), out.constant(-128)});
    w.values = out.template make<op::cast_op>({moved}, op::cast_op::to(tensor::dtype::s8));
    w.zero = plus(w.zero < 0 ? out.constant(0) : w.zero, out.constant(-128));
    if (graph::is_constant(out[w.zero], 0.0F)) w.zero = -1;
    return w.values >= 0;
  }

  // ---- floats by quantised weights --------------------------------------------------------------

  /// Weights as bf16, which holds w - z exactly: a bind makes half of the bytes of f32, and the
  /// scale comes after the sum.
  constexpr int weight_only(const side& w) const {
    const int x = n.operand(0);
    const bool constant = out.is_constant(w.real) && !out.is_constant(x);
    if (!is_matmul() || !constant || out[w.values].type.rank != 2) return graph::keep;
    const int zero = out[w.real].operand(2);
    if (w.zero >= 0 && !fits(out[zero], out[w.values].type.element)) return graph::keep;
    int values = base::as_float(out, w.values);
    if (w.zero >= 0) values = minus(values, base::as_float(out, zero));
    const int small =
        out.template make<op::cast_op>({values}, op::cast_op::to(tensor::dtype::bf16));
    const int real = out[x].type.element == tensor::dtype::f32
                         ? x
                         : out.template make<op::cast_op>({x}, op::cast_op::to(tensor::dtype::f32));
    const op::matmul_op::attributes at{n.template attributes_of<op::matmul_op>().transpose_a,
                                       w.transposed};
    const int product = out.template make<op::matmul_op>({real, small}, at);
    return graph_rewriter::template become<op::mul_op>(n, {product, w.scale});
  }
  /// True for zero points of 8 bits, and for numbers that are of the weights' element type: the
  /// differences then have 8 bits and a sign.
  static constexpr bool fits(const node& zero, tensor::dtype weights) {
    if (!graph::is_scalar_constant(zero)) {
      return zero.type.element == tensor::dtype::u8 || zero.type.element == tensor::dtype::s8;
    }
    const bool inside = weights == tensor::dtype::u8 ? zero.value >= 0 && zero.value <= 255
                                                     : zero.value >= -128 && zero.value <= 127;
    return inside && static_cast<float>(static_cast<int>(zero.value)) == zero.value;
  }

  // ---- the product and what follows it ----------------------------------------------------------

  constexpr int product(const side& a, const side& w) const {
    if (is_matmul()) {
      return out.template make<op::matmul_op>({a.values, w.values}, {a.transposed, w.transposed});
    }
    return out.template make<op::conv2d_op>({a.values, w.values},
                                            n.template attributes_of<op::conv2d_op>());
  }
  constexpr int finish(const side& a, const side& w, int sum) const {
    const bool fixed = out.is_constant(a.scale) && out.is_constant(w.scale);
    const int scale = fixed ? times(w.scale, a.scale) : w.scale;
    int y = -1;
    if (a.zero < 0) {
      y = out.template make<op::mul_op>({sum, scale});
    } else {
      int offset = this->column_sums(w);  // K z_w - sum of w
      offset = w.zero < 0 ? out.template make<op::negate_op>({offset})
                          : minus(times(w.zero, this->depth(w)), offset);
      if (out.is_constant(a.zero) && out.is_constant(offset)) {
        y = out.template make<op::linear_op>({sum, scale, times(times(offset, a.zero), scale)});
      } else {
        const int scaled = out.template make<op::mul_op>({sum, scale});
        y = out.template make<op::linear_op>({a.zero, times(offset, scale), scaled});
      }
    }
    if (w.zero >= 0) {
      const int factor = out.template make<op::negate_op>({times(w.zero, scale)});
      y = out.template make<op::linear_op>({this->row_sums(a, w), factor, y});
    }
    if (!fixed) return graph_rewriter::template become<op::mul_op>(n, {y, a.scale});
    return y < 0 ? graph::keep : y;
  }
};

}  // namespace kiln::pass::detail
