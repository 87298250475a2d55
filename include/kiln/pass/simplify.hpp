// SPDX-License-Identifier: MIT
// Algebra: operators that do nothing, chains that are one operator, signs that cancel.
#pragma once

#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/options.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

namespace kiln::pass {

namespace detail {

/// True if no element of n is below 0; NaN is allowed, and -0 too.
constexpr bool is_never_negative(const graph::node& n) {
  return n.is<op::relu_op>() || n.is<op::abs_op>() || n.is<op::square_op>() || n.is<op::exp_op>()
         || n.is<op::exp2_op>() || n.is<op::sigmoid_op>() || n.is<op::sqrt_op>()
         || n.is<op::softmax_op>();
}

/// True if 1 / c is an f32 without rounding, and no denormal: c is a power of two.
constexpr bool has_exact_reciprocal(float c) {
  const auto bits = std::bit_cast<std::uint32_t>(c);
  const std::uint32_t exponent = (bits >> 23U) & 0xffU;
  return (bits & 0x007fffffU) == 0 && exponent >= 1 && exponent <= 253;
}

/// The rules of simplify. Each is tried on each node, the first that fires ends the round.
template <std::size_t N>
struct simple_form final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  graph_rewriter& out;
  node& n;
  const options& allowed;

  // ---- words ------------------------------------------------------------------------------------

  constexpr const node& x(int k = 0) const { return out.operand(n, k); }
  template <class Op>
  constexpr bool is(int k) const {
    return x(k).template is<Op>();
  }
  constexpr bool is_number(int k) const { return graph::is_scalar_constant(x(k)); }
  constexpr float number(int k) const { return x(k).value; }
  constexpr bool is_number(int k, float value) const { return graph::is_constant(x(k), value); }
  /// A number that a comparison with anything but NaN decides: not 0, whose sign counts, not NaN.
  constexpr bool is_limit(int k) const { return is_number(k) && (number(k) < 0 || number(k) > 0); }
  /// The operand of operand k.
  constexpr int inner(int k, int i = 0) const { return x(k).operand(i); }
  constexpr bool inner_is_number(int k, int i) const {
    return graph::is_scalar_constant(out[inner(k, i)]);
  }
  constexpr float inner_number(int k, int i) const { return out[inner(k, i)].value; }

  template <class Op>
  constexpr int become(std::initializer_list<int> operands,
                       const typename Op::attributes& attributes = {}) const {
    return graph_rewriter::template become<Op>(n, operands, attributes);
  }

  constexpr int operator()() const {
    if (n.is<op::add_op>()) return add();
    if (n.is<op::sub_op>()) return sub();
    if (n.is<op::mul_op>()) return mul();
    if (n.is<op::div_op>()) return div();
    if (n.is<op::max_op>()) return max();
    if (n.is<op::min_op>()) return min();
    if (n.is<op::pow_op>()) return pow();
    if (n.is<op::relu_op>()) return relu();
    if (n.is<op::negate_op>()) return negate();
    if (n.is<op::abs_op>()) return abs();
    if (n.is<op::square_op>()) return square();
    if (n.is<op::linear_op>()) return linear();
    if (n.is<op::select_op>()) return select();
    if (n.is<op::leaky_relu_op>() && is_number(1, 1.0F)) return n.operand(0);
    return graph::keep;
  }

  // ---- sums -------------------------------------------------------------------------------------

  constexpr int add() const {
    if (is_number(1, -0.0F)) return n.operand(0);  // x + 0 makes 0 of -0
    if (is_number(1, 0.0F) && allowed.ignore_zero_sign) return n.operand(0);
    if (is<op::negate_op>(1)) return become<op::sub_op>({n.operand(0), inner(1)});
    if (is<op::negate_op>(0)) return become<op::sub_op>({n.operand(1), inner(0)});
    return reassociated<op::add_op>();
  }
  constexpr int sub() const {
    if (is_number(1, 0.0F)) return n.operand(0);
    if (is_number(1, -0.0F) && allowed.ignore_zero_sign) return n.operand(0);
    if (is<op::negate_op>(1)) return become<op::add_op>({n.operand(0), inner(1)});
    const bool from_zero = is_number(0, -0.0F) || (is_number(0, 0.0F) && allowed.ignore_zero_sign);
    if (from_zero) return become<op::negate_op>({n.operand(1)});
    return graph::keep;
  }

  // ---- products ---------------------------------------------------------------------------------

  constexpr int mul() const {
    if (is_number(1, 1.0F)) return n.operand(0);
    if (is_number(1, -1.0F)) return become<op::negate_op>({n.operand(0)});
    if (is<op::negate_op>(0) && is<op::negate_op>(1)) {
      return become<op::mul_op>({inner(0), inner(1)});
    }
    if (is<op::negate_op>(0) && is_number(1)) {
      return become<op::mul_op>({inner(0), out.constant(-number(1))});
    }
    const int scaled = scaled_weights();
    return scaled != graph::keep ? scaled : reassociated<op::mul_op>();
  }
  constexpr int div() const {
    if (is_number(1, 1.0F)) return n.operand(0);
    if (is<op::negate_op>(0) && is<op::negate_op>(1)) {
      return become<op::div_op>({inner(0), inner(1)});
    }
    if (!is_number(1)) return graph::keep;
    if (is<op::negate_op>(0)) return become<op::div_op>({inner(0), out.constant(-number(1))});
    const float c = number(1);
    const float size = c < 0 ? -c : c;
    // the reciprocal of neither may overflow or be denormal
    const bool tame = size >= 0x1p-126F && size <= 0x1p126F;
    if (has_exact_reciprocal(c) || (allowed.reciprocal && tame)) {
      return become<op::mul_op>({n.operand(0), out.constant(1 / c)});
    }
    return graph::keep;
  }
  constexpr int negate() const {
    if (is<op::negate_op>(0)) return inner(0);
    if (is<op::sub_op>(0) && allowed.ignore_zero_sign) {
      return become<op::sub_op>({inner(0, 1), inner(0, 0)});
    }
    if (is<op::mul_op>(0) && inner_is_number(0, 1)) {
      return become<op::mul_op>({inner(0), out.constant(-inner_number(0, 1))});
    }
    return graph::keep;
  }
  constexpr int pow() const {
    if (is_number(1, 1.0F)) return n.operand(0);
    if (is_number(1, 2.0F)) return become<op::square_op>({n.operand(0)});
    if (is_number(1, -1.0F)) return become<op::reciprocal_op>({n.operand(0)});
    return graph::keep;
  }
  constexpr int square() const {
    const bool signless = is<op::negate_op>(0) || is<op::abs_op>(0);
    return signless ? become<op::square_op>({inner(0)}) : graph::keep;
  }
  constexpr int linear() const {
    if (is_number(1, 1.0F)) return become<op::add_op>({n.operand(0), n.operand(2)});
    const bool no_sum = is_number(2, -0.0F) || (is_number(2, 0.0F) && allowed.ignore_zero_sign);
    return no_sum ? become<op::mul_op>({n.operand(0), n.operand(1)}) : graph::keep;
  }

  // ---- limits -----------------------------------------------------------------------------------

  constexpr int relu() const {
    if (is_never_negative(x())) return n.operand(0);
    if (is<op::max_op>(0) && inner_is_number(0, 1)) {
      if (inner_number(0, 1) > 0) return n.operand(0);
      if (inner_number(0, 1) < 0) return become<op::relu_op>({inner(0)});
    }
    if (is<op::min_op>(0) && inner_is_number(0, 1) && inner_number(0, 1) > 0) {
      return become<op::clip_op>({inner(0), out.constant(0), inner(0, 1)});
    }
    return graph::keep;
  }
  constexpr int abs() const {
    if (is<op::negate_op>(0)) return become<op::abs_op>({inner(0)});
    // not of relu and sqrt, which give -0 for -0
    const bool signless = is<op::abs_op>(0) || is<op::square_op>(0) || is<op::exp_op>(0)
                          || is<op::exp2_op>(0) || is<op::sigmoid_op>(0);
    return signless ? n.operand(0) : graph::keep;
  }
  constexpr int max() const {
    if (n.operand(0) == n.operand(1)) return n.operand(0);
    if (is_number(1, 0.0F) && allowed.ignore_zero_sign) return become<op::relu_op>({n.operand(0)});
    if (!is_limit(1)) return graph::keep;
    const float c = number(1);
    if (is<op::relu_op>(0)) {
      return c < 0 ? n.operand(0) : become<op::max_op>({inner(0), n.operand(1)});
    }
    if (is<op::max_op>(0) && inner_is_limit()) {
      return inner_number(0, 1) >= c ? n.operand(0) : become<op::max_op>({inner(0), n.operand(1)});
    }
    if (is<op::min_op>(0) && inner_is_limit() && c <= inner_number(0, 1)) {
      return become<op::clip_op>({inner(0), n.operand(1), inner(0, 1)});
    }
    return graph::keep;
  }
  constexpr int min() const {
    if (n.operand(0) == n.operand(1)) return n.operand(0);
    if (!is_limit(1)) return graph::keep;
    const float c = number(1);
    if (is<op::relu_op>(0) && c > 0) {
      return become<op::clip_op>({inner(0), out.constant(0), n.operand(1)});
    }
    if (is<op::min_op>(0) && inner_is_limit()) {
      return inner_number(0, 1) <= c ? n.operand(0) : become<op::min_op>({inner(0), n.operand(1)});
    }
    if (is<op::max_op>(0) && inner_is_limit() && inner_number(0, 1) <= c) {
      return become<op::clip_op>({inner(0), inner(0, 1), n.operand(1)});
    }
    return graph::keep;
  }
  constexpr bool inner_is_limit() const {
    return inner_is_number(0, 1) && (inner_number(0, 1) < 0 || inner_number(0, 1) > 0);
  }
  constexpr int select() const {
    if (n.operand(1) == n.operand(2)) return n.operand(1);
    if (!is_number(0)) return graph::keep;
    return number(0) != 0 ? n.operand(1) : n.operand(2);
  }

  // ---- with a licence to reassociate ------------------------------------------------------------

  /// (x + a) + b -> x + (a + b), where a + b is no larger than a or b.
  template <class Op>
  constexpr int reassociated() const {
    if (!allowed.reassociate || !is<Op>(0)) return graph::keep;
    const int a = inner(0, 1), b = n.operand(1);
    if (!out.is_constant(a) || !out.is_constant(b) || out.is_constant(inner(0))) return graph::keep;
    const auto& type_a = out[a].type;
    const auto& type_b = out[b].type;
    if (graph::is_scalar_constant(out[a]) && graph::is_scalar_constant(out[b])) {
      const auto p = static_cast<double>(out[a].value), q = static_cast<double>(out[b].value);
      const double both = n.is<op::add_op>() ? p + q : p * q;
      constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
      if (!(both <= largest && both >= -largest)) return graph::keep;
      return become<Op>({inner(0), out.constant(static_cast<float>(both))});
    }
    if (type_a.rank != 0 && type_b.rank != 0 && type_a != type_b) return graph::keep;
    const bool larger_first = type_a.rank >= type_b.rank;
    return become<Op>(
        {inner(0), out.template make<Op>({larger_first ? a : b, larger_first ? b : a})});
  }
  /// matmul(x, w) * a -> matmul(x, w * a) for constant w and a number a.
  constexpr int scaled_weights() const {
    if (!allowed.reassociate || !is_number(1) || !is<op::matmul_op>(0)) return graph::keep;
    if (!out.is_constant(inner(0, 1)) || out.is_constant(inner(0))) return graph::keep;
    const int scaled = out.template make<op::mul_op>({inner(0, 1), n.operand(1)});
    return become<op::matmul_op>({inner(0), scaled}, x().template attributes_of<op::matmul_op>());
  }
};

}  // namespace detail

/// Removes operators that do nothing (x * 1, x - 0, x / 1, select with equal branches), joins
/// chains (relu of relu, limits of limits into clip, double negation), moves signs into numbers,
/// divides by powers of two by multiplying. Numbers are expected on the right: canonicalize puts
/// them there. `allowed` says what may change roundings or the sign of a zero.
///
/// @before  %1 = constant 4 : f32   %2 = div(%0, %1) : f32[8]
/// @after   %1 = constant 0.25 : f32   %2 = mul(%0, %1) : f32[8]
/// @cost    linear in nodes and operands
/// @accuracy same bits without options, but for pow(x, 1), pow(x, 2) and pow(x, -1), which become
///           correctly rounded; `reassociate`: one rounding of a constant moves, and sums and
///           products are those of another order; `reciprocal`: 1.5 units in the last place
struct simplify_fn final {
  static constexpr std::string_view name = "simplify";
  options allowed{};
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::rewrite(g, [this](graph::rewriter<N>& out, graph::node& n) {
      if (n.facts().group != op::category::elementwise) return graph::keep;
      return detail::simple_form<N>{out, n, allowed}();
    });
  }
};
inline constexpr simplify_fn simplify{};

}  // namespace kiln::pass
