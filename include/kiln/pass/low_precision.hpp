// SPDX-License-Identifier: MIT
// Products of dequantised tensors become products of integers; scales and zero points follow them.
#pragma once

#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/integer_product.hpp>
#include <kiln/pass/requantize.hpp>
#include <kiln/pass/scaled_sum.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::pass {

namespace detail {

/// The rules of low_precision. Each is tried on each node.
template <std::size_t N>
struct low_precision_form final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  graph_rewriter& out;
  node& n;

  constexpr int operator()() const {
    if (n.is<op::matmul_op>() || n.is<op::conv2d_op>()) {
      return integer_product<N>{{{out}, n}}();
    }
    if (n.is<op::quantize_op>()) return quantize();
    if (n.is<op::dequantize_op>()) return graph::keep;
    const int before = n.is<op::add_op>()    ? bias()
                       : n.is<op::cast_op>() ? before_reshape()
                                             : graph::keep;
    return before == graph::keep ? before_ones() : before;
  }

  /// A constant that is added to a scaled sum joins its multiply-add.
  constexpr int bias() const {
    for (const int k : {0, 1}) {
      const int sum = n.operand(k), constant = n.operand(1 - k);
      if (!out.is_constant(constant) || !is_scaled_sum(out, sum)) continue;
      return shifted_sum(out, n, sum, constant);
    }
    return graph::keep;
  }

  /// The scale goes into the product that is quantised; elsewhere the operator is spelled out, with
  /// the same bits. With one scale for all it goes before a reshape, to where x is made.
  constexpr int quantize() const {
    const int x = n.operand(0), scale = n.operand(1), zero = n.operand(2);
    if (!out.has_room(requantize_nodes)) return graph::keep;
    const bool numbers = out[scale].type.rank == 0 && out[zero].type.rank == 0;
    if (!numbers || !out[x].template is<op::reshape_op>()) return steps(x, scale, zero);
    const int before = steps(reshaped(x), scale, zero);
    return before < 0 ? graph::keep : moved(before);
  }
  /// What node i is a reshape of, or a reshape of a reshape.
  constexpr int reshaped(int i) const {
    while (out[i].template is<op::reshape_op>()) i = out[i].operand(0);
    return i;
  }
  constexpr int steps(int x, int scale, int zero) const {
    int quotient = requantize<N>{{out}, scale}(x);
    if (quotient < 0) quotient = divided(as_float(out, x), scale);
    const int whole = out.template make<op::round_op>({quotient});
    const int shifted = graph::is_constant(out[zero], 0.0F)
                            ? whole
                            : out.template make<op::add_op>({whole, as_float(out, zero)});
    return shifted < 0 ? graph::keep : shifted;
  }
  /// x / scale: with a scale that is known, its reciprocal is, too, and saves the division.
  constexpr int divided(int x, int scale) const {
    const int quotient = out.template make<op::div_op>({x, scale});
    if (x < 0 || out.is_constant(x) || !out.is_constant(scale)) return quotient;
    const int divisor = as_float(out, scale);
    const int reciprocal = scaled_sums<N>{out}.over(out.constant(1), divisor);
    if (reciprocal < 0 || is_exact_reciprocal(out[reciprocal], out[divisor])) return quotient;
    return out.template make<op::quotient_op>({x, divisor, reciprocal});
  }
  /// Of a power of two: a division by it becomes a product anyway.
  static constexpr bool is_exact_reciprocal(const node& r, const node& d) {
    return graph::is_scalar_constant(r) && graph::is_scalar_constant(d)
           && static_cast<double>(r.value) * static_cast<double>(d.value) == 1;
  }
  /// A cast to bytes goes the same way.
  constexpr int before_reshape() const {
    const node& x = out[n.operand(0)];
    const auto to = n.type.element;
    const bool bytes = to == tensor::dtype::u8 || to == tensor::dtype::s8;
    if (!bytes || !x.is<op::reshape_op>() || x.type.element != tensor::dtype::f32) {
      return graph::keep;
    }
    const int before = out.has_room(2) ? out.template make<op::cast_op>({reshaped(n.operand(0))},
                                                                        op::cast_op::to(to))
                                       : -1;
    return before < 0 ? graph::keep : moved(before);
  }
  /// What a sequence's convolution, which is one of an image, is followed by goes before the
  /// reshape between them: it then joins the product, as it does behind an image's.
  constexpr int before_ones() const {
    if (n.facts().group != op::category::elementwise || n.count == 0) return graph::keep;
    const node& x = out[n.operand(0)];
    if (!x.is<op::reshape_op>() || !out.has_room(4)) return graph::keep;
    const int sum = reshaped(n.operand(0));
    const tensor::tensor_type& type = out[sum].type;
    if (x.type.rank == 0 || type.rank == 0) return graph::keep;
    if (x.type.back() != type.back() || !same_but_ones(type, x.type)) return graph::keep;
    if (!x.type.same_shape(n.type) || !comes_from_product(out, sum)) return graph::keep;
    node m = n;
    m.type = op::with_element(type, n.type.element);
    m.operands[0] = static_cast<std::int16_t>(sum);
    for (int k = 1; k < n.count; ++k) {
      const int other = before_reshape_to(n.type, type, n.operand(k));
      if (other < 0) return graph::keep;
      m.operands[static_cast<std::size_t>(k)] = static_cast<std::int16_t>(other);
    }
    if (m.is<op::add_op>()) (void)low_precision_form{out, m}.bias();
    const int before = out.make_source(m);
    return before < 0 ? graph::keep : moved(before);
  }
  /// What a tensor of one shape, or what is broadcast to it, is in another one that differs by axes
  /// of extent 1 only.
  constexpr int before_reshape_to(const tensor::tensor_type& seen,
                                  const tensor::tensor_type& type,
                                  int i) const {
    const node& x = out[i];
    const bool is_row = x.type.rank <= type.rank && x.type.rank > 0
                        && (x.type.elems() == tensor::dim{} || x.type.elems() == x.type.back());
    if (x.type.rank == 0 || is_row) return i;
    if (!x.type.same_shape(seen)) return -1;
    if (x.is<op::reshape_op>() && out.operand(x, 0).type.same_shape(type)) return x.operand(0);
    const bool numbers = x.is<op::dequantize_op>() && out.operand(x, 1).type.rank == 0
                         && out.operand(x, 2).type.rank == 0;
    if (!numbers) return out.reshape(i, op::with_element(type, x.type.element));
    const auto values = out.operand(x, 0).type.element;
    return out.template make<op::dequantize_op>(
        {out.reshape(x.operand(0), op::with_element(type, values)), x.operand(1), x.operand(2)});
  }
  constexpr int moved(int before) const {
    const int after = out.reshape(before, n.type);
    return after < 0 ? graph::keep : after;
  }
  /// After all products have seen it.
  constexpr int dequantize() const {
    const int x = n.operand(0), zero = n.operand(2);
    if (!out.has_room(3)) return graph::keep;
    int difference = as_float(out, x);
    if (!graph::is_constant(out[zero], 0.0F)) {
      difference = out.template make<op::sub_op>({difference, as_float(out, zero)});
    }
    return graph_rewriter::template become<op::mul_op>(n, {difference, n.operand(1)});
  }
};

}  // namespace detail

/// dequantize -> matmul or convolution -> [bias, relu, ...] -> quantize becomes a product of
/// integers, summed exactly in s32, and one multiply-add in f32 for each sum:
///
///     y[m, n] = fma(sum[m, n], S[n], B[n])   S = s_a s_w   B = z_a (K z_w - sum_k w) S + bias
///
/// where a zero point of the weights adds fma(sum_k a[m, k], -z_w S, y), scales or zero points of a
/// that are known at run time only are applied after it, and a following quantize divides S and B
/// by its scale, through relu, leaky_relu, clip and sums, and moves before a reshape. Reshapes
/// between dequantize and product, and behind a convolution of sequences, hide nothing. What
/// depends on weights only is computed once, at bind. Weights of u8 become s8. Around a padded
/// image with a zero point the sum of w is that of the weights inside, for each output, one float
/// each in packed memory; sums of an image under a window are a convolution with one filter of
/// ones. Floats times dequantised weights are floats times bf16, which holds w - z_w exactly, times
/// s_w. All remaining quantize and dequantize are spelled out in arithmetic.
///
/// These products stay in f32: over more than 65,793 numbers; with scales that change along them;
/// of images of a height or width that is known at run time only; of padded images with a zero
/// point and a side above 1024.
///
/// @before  %6 = dequantize(%0, %4, %5) : f32[2, 8]   %7 = dequantize(%1, %2, %5) : f32[8, 4]
///          %8 = matmul(%6, %7) : f32[2, 4]
/// @after   %5 = mul(%2, %4) : f32[4]   %6 = matmul(%0, %1) : s32[2, 4]
///          %7 = cast(%6) : f32[2, 4]   %8 = mul(%7, %5) : f32[2, 4]
/// @cost    linear in nodes and operands; adds up to 56 nodes a product and 20 a quantize
/// @accuracy the products are exact; elsewhere other roundings of f32: a quantised result may be
///          the other neighbour where the exact one lies nearer to the middle of two than 2^-22 of
///          the largest summand. The same bits on every instruction set. Subnormal scales are as
///          good as others where s_a s_w, S / scale and B / scale are normal numbers
struct low_precision_fn final {
  static constexpr std::string_view name = "low_precision";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    if (room(g) == 0) return graph::compact<N>(g);
    const auto products = graph::rewrite(g, [](graph::rewriter<N>& out, graph::node& n) {
      return detail::low_precision_form<N>{out, n}();
    });
    return graph::rewrite(products, [](graph::rewriter<N>& out, graph::node& n) {
      const bool found = n.is<op::dequantize_op>();
      return found ? detail::low_precision_form<N>{out, n}.dequantize() : graph::keep;
    });
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    int quantized = 0, dequantized = 0, products = 0, reshapes = 0, maps = 0;
    for (int i = 0; i < g.size; ++i) {
      quantized += g[i].template is<op::quantize_op>() ? 1 : 0;
      dequantized += g[i].template is<op::dequantize_op>() ? 1 : 0;
      products += g[i].template is<op::matmul_op>() || g[i].template is<op::conv2d_op>() ? 1 : 0;
      reshapes += g[i].template is<op::reshape_op>() ? 1 : 0;
      maps += g[i].facts().group == op::category::elementwise ? 1 : 0;
    }
    if (quantized + dequantized == 0) return 0;
    return detail::requantize_nodes * quantized + 3 * dequantized + detail::product_nodes * products
           + (reshapes > 0 ? 4 * maps : 0);
  }
};
inline constexpr low_precision_fn low_precision{};

}  // namespace kiln::pass
