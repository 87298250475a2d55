// SPDX-License-Identifier: MIT
// The product of two dequantised tensors as a product of integers with scales behind it.
#pragma once

#include <kiln/pass/scaled_sum.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace kiln::pass::detail {

/// The most nodes that integer_product adds.
inline constexpr int product_nodes = 28;

/// More products than this may overflow 31 bits.
inline constexpr std::int64_t longest_sum = 65793;

/// The greatest height and width of an image whose border may stand for a zero point.
inline constexpr std::size_t most_side = 1024;

/// One side of an image of ones.
inline constexpr std::array<float, most_side> ones = [] {
  std::array<float, most_side> side{};
  side.fill(1);
  return side;
}();

/// A rule for matmul and conv2d nodes.
template <std::size_t N>
struct integer_product final : scaled_sums<N> {
  using base = scaled_sums<N>;
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  using base::minus;
  using base::out;
  using base::plus;
  using base::times;
  node& n;

  /// One operand: its integers, and the scale and zero point as factors of the result.
  struct side final {
    int values = -1;
    int scale = -1;
    int zero = -1;  // as f32; -1: it is 0
    int real = -1;  // the dequantize
    bool transposed = false;
  };

  constexpr int operator()() const {
    if (!out.has_room(product_nodes)) return graph::keep;
    side a = side_of(0), w = side_of(1);
    if (w.values >= 0 && a.values < 0) return weight_only(w);
    if (w.values < 0 || !is_exact()) return graph::keep;
    if (out[w.values].type.element == tensor::dtype::u8 && !shift(w)) return graph::keep;
    if (n.is<op::conv2d_op>() && (w.zero >= 0 || (a.zero >= 0 && !knows_border()))) {
      return graph::keep;
    }
    if (a.zero >= 0 && !has_column_sums(w)) return graph::keep;
    if (w.zero >= 0 && a.transposed) return graph::keep;
    const int sum = product(a, w);
    return sum < 0 ? graph::keep : finish(a, w, base::as_float(out, sum));
  }

  // ---- operands ---------------------------------------------------------------------------------

  constexpr bool is_matmul() const { return n.is<op::matmul_op>(); }
  constexpr bool is_padded() const {
    const auto at = n.attributes_of<op::conv2d_op>();
    return at.top != 0 || at.left != 0 || at.bottom != 0 || at.right != 0;
  }
  /// No border, or one of an image of a known size.
  constexpr bool knows_border() const {
    if (!is_padded()) return true;
    const auto& x = out.operand(n, 0).type;
    if (!x[1].is_static() || !x[2].is_static()) return false;
    return x[1].factor <= static_cast<int>(most_side) && x[2].factor <= static_cast<int>(most_side);
  }
  /// Every sum is exact in s32, and so are sums of one operand in f32.
  constexpr bool is_exact() const {
    const auto& w = out.operand(n, 1).type;
    if (!is_matmul()) {
      return std::int64_t{w[0].factor} * w[1].factor * w[2].factor <= longest_sum;
    }
    const auto& k = w.back(n.attributes_of<op::matmul_op>().transpose_b ? 0 : 1);
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
      const auto at = n.attributes_of<op::matmul_op>();
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
    const op::matmul_op::attributes at{n.attributes_of<op::matmul_op>().transpose_a, w.transposed};
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
    return out.template make<op::conv2d_op>({a.values, w.values}, n.attributes_of<op::conv2d_op>());
  }
  constexpr bool has_column_sums(const side& w) const {
    return !is_matmul() || out[w.values].type.rank == 2 || !w.transposed;
  }
  /// Sums of the right operand over everything but its columns: a vector, or with 1 along k.
  constexpr int column_sums(const side& w) const {
    const auto& type = out[w.values].type;
    op::reduction_attributes at{};
    if (!is_matmul()) {
      if (is_padded()) return sums_inside(w);
      at.axes = 7;
    } else {
      at.axes = 1 << (type.rank - (w.transposed ? 1 : 2));
      at.keep = type.rank > 2;
    }
    return out.template make<op::reduce_sum_op>({base::as_float(out, w.values)}, at);
  }
  /// For each output of a padded convolution, the sum of the weights that lie over the image: the
  /// border is the number 0, for which no zero point makes up.
  constexpr int sums_inside(const side& w) const {
    const auto& x = out.operand(n, 0).type;
    constexpr tensor::dim one{1, {-1, -1}};
    const auto ones_of = [&](tensor::dim height, tensor::dim width) {
      node line{};
      line.kind = op::kind_of<op::table_op>;
      line.table = ones.data();
      line.type = {tensor::dtype::f32, 4, {{one, height, width, one}}};
      return out.make_source(line);
    };
    const int down = ones_of(x[1], one), across = ones_of(one, x[2]);
    const int image = out.template make<op::mul_op>({down, across});
    auto at = n.attributes_of<op::conv2d_op>();
    at.groups = 1;
    const int by_tap =
        out.template make<op::reduce_sum_op>({base::as_float(out, w.values)}, {1 << 2, 1});
    return out.template make<op::conv2d_op>({image, by_tap}, at);
  }
  constexpr int row_sums(const side& a) const {
    const int k = out[a.values].type.rank - 1;
    return out.template make<op::reduce_sum_op>({base::as_float(out, a.values)}, {1 << k, 1});
  }
  /// How many numbers a sum has.
  constexpr int depth() const {
    const auto& w = out.operand(n, 1).type;
    const int k = is_matmul() ? w.back(n.attributes_of<op::matmul_op>().transpose_b ? 0 : 1).factor
                              : w[0].factor * w[1].factor * w[2].factor;
    return out.constant(static_cast<float>(k));
  }

  constexpr int finish(const side& a, const side& w, int sum) const {
    const bool fixed = out.is_constant(a.scale) && out.is_constant(w.scale);
    const int scale = fixed ? times(w.scale, a.scale) : w.scale;
    int y = -1;
    if (a.zero < 0) {
      y = out.template make<op::mul_op>({sum, scale});
    } else {
      int offset = column_sums(w);  // K z_w - sum of w
      offset = w.zero < 0 ? out.template make<op::negate_op>({offset})
                          : minus(times(w.zero, depth()), offset);
      if (out.is_constant(a.zero) && out.is_constant(offset)) {
        y = out.template make<op::linear_op>({sum, scale, times(times(offset, a.zero), scale)});
      } else {
        const int scaled = out.template make<op::mul_op>({sum, scale});
        y = out.template make<op::linear_op>({a.zero, times(offset, scale), scaled});
      }
    }
    if (w.zero >= 0) {
      const int factor = out.template make<op::negate_op>({times(w.zero, scale)});
      y = out.template make<op::linear_op>({row_sums(a), factor, y});
    }
    if (!fixed) return graph_rewriter::template become<op::mul_op>(n, {y, a.scale});
    return y < 0 ? graph::keep : y;
  }
};

}  // namespace kiln::pass::detail
