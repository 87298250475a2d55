// SPDX-License-Identifier: MIT
// Words for sums of integer products times a scale plus an offset.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <concepts>
#include <limits>

namespace kiln::pass::detail {

/// Operand i as f32.
template <std::size_t N>
constexpr int as_float(graph::rewriter<N>& out, int i) {
  if (i < 0 || out[i].type.element == tensor::dtype::f32) return i;
  return out.template make<op::cast_op>({i}, op::cast_op::to(tensor::dtype::f32));
}

/// Arithmetic of parameters: numbers are computed here, what depends on weights at bind. An operand
/// of -1 gives -1.
template <std::size_t N>
struct scaled_sums {
  graph::rewriter<N>& out;

  static constexpr int as_float(graph::rewriter<N>& to, int i) { return detail::as_float(to, i); }

  constexpr int times(int a, int b) const {
    if (a < 0 || b < 0) return -1;
    if (graph::is_constant(out[a], 1)) return b;
    if (graph::is_constant(out[b], 1)) return a;
    return folded<op::mul_op>(a, b);
  }
  constexpr int plus(int a, int b) const { return folded<op::add_op>(a, b); }
  constexpr int minus(int a, int b) const { return folded<op::sub_op>(a, b); }
  constexpr int over(int a, int b) const { return folded<op::div_op>(a, b); }

 private:
  /// One operation of f64 on two f32, rounded to f32, is that operation on f32.
  template <class Op>
  constexpr int folded(int a, int b) const {
    if (a < 0 || b < 0) return -1;
    if (graph::is_scalar_constant(out[a]) && graph::is_scalar_constant(out[b])) {
      const auto p = static_cast<double>(out[a].value), q = static_cast<double>(out[b].value);
      constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
      if (!std::same_as<Op, op::div_op> || q != 0) {
        const double value = Op::template apply<double>(p, q);
        if (value <= largest && value >= -largest) return out.constant(static_cast<float>(value));
      }
    }
    return out.template make<Op>({as_float(out, a), as_float(out, b)});
  }
};

/// True for a sum of integer products as f32.
template <std::size_t N>
constexpr bool is_integer_sum(const graph::rewriter<N>& out, int i) {
  if (!out[i].template is<op::cast_op>()) return false;
  const graph::node& sum = out.operand(out[i], 0);
  return (sum.is<op::matmul_op>() || sum.is<op::conv2d_op>())
         && sum.type.element == tensor::dtype::s32;
}

/// True for such a sum times a constant, plus another one or what corrects it for a zero point of
/// the weights: what an addition or a scale can still join.
template <std::size_t N>
constexpr bool is_scaled_sum(const graph::rewriter<N>& out, int i) {
  const graph::node& x = out[i];
  if (x.is<op::mul_op>()) return is_integer_sum(out, x.operand(0)) && out.is_constant(x.operand(1));
  if (!x.is<op::linear_op>() || !out.is_constant(x.operand(1))) return false;
  return out.is_constant(x.operand(2)) ? is_integer_sum(out, x.operand(0))
                                       : is_scaled_sum(out, x.operand(2));
}

/// Makes n the scaled sum plus a constant.
template <std::size_t N>
constexpr int shifted_sum(graph::rewriter<N>& out, graph::node& n, int sum, int constant) {
  using graph_rewriter = graph::rewriter<N>;
  const graph::node x = out[sum];
  if (!out.has_room(2)) return graph::keep;
  if (x.is<op::mul_op>()) {
    return graph_rewriter::template become<op::linear_op>(n,
                                                          {x.operand(0), x.operand(1), constant});
  }
  if (!out.is_constant(x.operand(2))) {  // under the correction for a zero point of the weights
    graph::node inner = n;
    const int said = shifted_sum(out, inner, x.operand(2), constant);
    const int made = said == graph::again ? out.template make<op::linear_op>(
                         {inner.operand(0), inner.operand(1), inner.operand(2)})
                                          : -1;
    return graph_rewriter::template become<op::linear_op>(n, {x.operand(0), x.operand(1), made});
  }
  const int offset = scaled_sums<N>{out}.plus(x.operand(2), constant);
  return graph_rewriter::template become<op::linear_op>(n, {x.operand(0), x.operand(1), offset});
}

}  // namespace kiln::pass::detail
