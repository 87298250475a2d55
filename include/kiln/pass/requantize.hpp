// SPDX-License-Identifier: MIT
// Puts the scale of a quantize into the product that it quantises.
#pragma once

#include <kiln/pass/scaled_sum.hpp>

namespace kiln::pass::detail {

/// The most nodes that requantize makes, and how deep it looks.
inline constexpr int requantize_nodes = 20;
inline constexpr int requantize_depth = 6;

/// Whether i is a scaled sum, or what such a one becomes by bias, relu, leaky_relu, clip and sums.
template <std::size_t N>
constexpr bool comes_from_product(const graph::rewriter<N>& out,
                                  int i,
                                  int depth = requantize_depth) {
  if (depth == 0) return false;
  if (is_scaled_sum(out, i)) return true;
  const graph::node& x = out[i];
  if (x.is<op::relu_op>() || x.is<op::leaky_relu_op>() || x.is<op::clip_op>()) {
    return comes_from_product(out, x.operand(0), depth - 1);
  }
  return x.is<op::add_op>()
         && (comes_from_product(out, x.operand(0), depth - 1)
             || comes_from_product(out, x.operand(1), depth - 1));
}

/// Copies of a scaled sum, and of what follows it, divided by a constant positive scale.
template <std::size_t N>
struct requantize final : scaled_sums<N> {
  using base = scaled_sums<N>;
  using base::out;
  int scale;

  /// x / scale without a division at run time; -1: x does not come from an integer product, or by
  /// other ways than bias, relu, leaky_relu, clip, sums with dequantised tensors.
  constexpr int operator()(int x) const {
    if (!out.is_constant(scale) || !comes_from_product(out, x)) return -1;
    // Of a smaller number, or none above 0, the quotients are left to run().
    constexpr float least = 0x1p-126F;
    if (graph::is_scalar_constant(out[scale]) && !(out[scale].value >= least)) return -1;
    return divided(x, requantize_depth);
  }

 private:
  /// What is known at bind / scale, as one division: 1 / scale may be infinite.
  constexpr int known(int i) const {
    return graph::is_constant(out[scale], 1) ? i : base::over(i, scale);
  }
  /// Node i / scale.
  constexpr int divided(int i, int depth) const {
    if (i < 0 || depth == 0) return -1;
    if (out.is_constant(i)) return known(i);
    const graph::node x = out[i];
    if (x.is<op::dequantize_op>() && out.is_constant(x.operand(1))) {
      return out.template make<op::dequantize_op>(
          {x.operand(0), known(x.operand(1)), x.operand(2)});
    }
    if (x.is<op::mul_op>() && out.is_constant(x.operand(1))) {
      return out.template make<op::mul_op>({x.operand(0), known(x.operand(1))});
    }
    if (x.is<op::linear_op>() && out.is_constant(x.operand(1))) {
      return out.template make<op::linear_op>(
          {x.operand(0), known(x.operand(1)), divided(x.operand(2), depth - 1)});
    }
    if (x.is<op::relu_op>()) {
      return out.template make<op::relu_op>({divided(x.operand(0), depth - 1)});
    }
    if (x.is<op::leaky_relu_op>()) {
      return out.template make<op::leaky_relu_op>({divided(x.operand(0), depth - 1), x.operand(1)});
    }
    if (x.is<op::clip_op>() && out.is_constant(x.operand(1)) && out.is_constant(x.operand(2))) {
      return out.template make<op::clip_op>(
          {divided(x.operand(0), depth - 1), known(x.operand(1)), known(x.operand(2))});
    }
    if (x.is<op::add_op>()) {
      return out.template make<op::add_op>(
          {divided(x.operand(0), depth - 1), divided(x.operand(1), depth - 1)});
    }
    return -1;
  }
};

}  // namespace kiln::pass::detail
