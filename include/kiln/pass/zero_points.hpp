// SPDX-License-Identifier: MIT
// What makes up for zero points in sums of integer products: sums of either operand.
#pragma once

#include <kiln/pass/scaled_sum.hpp>

#include <array>
#include <cstddef>

namespace kiln::pass::detail {

/// The greatest height and width of an image whose border may stand for a zero point.
inline constexpr std::size_t most_side = 1024;

/// One side of an image of ones.
inline constexpr std::array<float, most_side> ones = [] {
  std::array<float, most_side> side{};
  side.fill(1);
  return side;
}();

/// One operand: its integers, and the scale and zero point as factors of the result.
struct product_side final {
  int values = -1;
  int scale = -1;
  int zero = -1;  // as f32; -1: it is 0
  int real = -1;  // the dequantize
  bool transposed = false;
};

/// Of a matmul or conv2d node n.
template <std::size_t N>
struct zero_points : scaled_sums<N> {
  using base = scaled_sums<N>;
  using node = graph::node;
  using side = product_side;
  using base::out;
  node& n;

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
  constexpr bool has_column_sums(const side& w) const {
    return !is_matmul() || out[w.values].type.rank == 2 || !w.transposed;
  }
  /// Sums of the right operand over everything but its columns: a vector, or with 1 along k.
  constexpr int column_sums(const side& w) const {
    const auto& type = out[w.values].type;
    op::reduction_attributes at{};
    if (!is_matmul()) {
      if (is_padded()) return sums_inside(by_tap(w));
      at.axes = 7;
    } else {
      at.axes = 1 << (type.rank - (w.transposed ? 1 : 2));
      at.keep = type.rank > 2;
    }
    return out.template make<op::reduce_sum_op>({base::as_float(out, w.values)}, at);
  }
  /// Sums of filters over their channels.
  constexpr int by_tap(const side& w) const {
    return out.template make<op::reduce_sum_op>({base::as_float(out, w.values)}, {1 << 2, 1});
  }
  /// As many of a number as x has.
  constexpr int as_many(int x, int number) const {
    const int none = out.constant(0);
    return out.template make<op::linear_op>({x, none, out.constant(static_cast<float>(number))});
  }
  /// For each output of a padded convolution, the sum of what filters have for the taps that lie
  /// over the image: the border is the number 0, for which no zero point makes up.
  constexpr int sums_inside(int taps) const {
    const auto& x = out.operand(n, 0).type;
    constexpr tensor::dim one{1};
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
    return out.template make<op::conv2d_op>({image, taps}, at);
  }
  /// How many numbers a sum has: for each output of a padded convolution, else one number.
  constexpr int depth(const side& w) const {
    const auto& of = out.operand(n, 1).type;
    if (is_matmul()) {
      const auto& k = of.back(n.attributes_of<op::matmul_op>().transpose_b ? 0 : 1);
      return out.constant(static_cast<float>(k.factor));
    }
    const int channels = of[2].factor;
    if (is_padded()) return sums_inside(as_many(by_tap(w), channels));
    return out.constant(static_cast<float>(of[0].factor * of[1].factor * channels));
  }
  /// Sums of the left operand along k, as one column. Those of an image are a convolution with one
  /// filter of ones, or with one for each filter where they see different channels.
  constexpr int row_sums(const side& a, const side& w) const {
    if (!is_matmul()) return window_sums(a, w);
    const auto& type = out[a.values].type;
    const int real = base::as_float(out, a.values);
    if (!a.transposed) {
      return out.template make<op::reduce_sum_op>({real}, {1 << (type.rank - 1), 1});
    }
    const int sums = out.template make<op::reduce_sum_op>({real}, {1 << (type.rank - 2), 0});
    if (sums < 0) return -1;
    tensor::tensor_type column = type;
    column.element = tensor::dtype::f32;
    column[type.rank - 2] = type.back();
    column[type.rank - 1] = tensor::dim{};
    return out.reshape(sums, column);
  }
  constexpr int window_sums(const side& a, const side& w) const {
    const auto at = n.attributes_of<op::conv2d_op>();
    int filters = base::as_float(out, w.values);
    if (at.groups == 1) filters = out.template make<op::reduce_sum_op>({filters}, {1 << 3, 1});
    const int ones_of =
        out.template make<op::cast_op>({as_many(filters, 1)}, op::cast_op::to(tensor::dtype::s8));
    return base::as_float(out, out.template make<op::conv2d_op>({a.values, ones_of}, at));
  }
};

}  // namespace kiln::pass::detail
