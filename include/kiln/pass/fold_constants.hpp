// SPDX-License-Identifier: MIT
// Computes operators of numbers in the compiler.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace kiln::pass {

namespace detail {

// Operators whose meaning rounds at most once, and needs no function of the standard library that
// is not constexpr. The meaning in f64 of f32 operands, rounded to f32, is then the meaning in f32:
// 53 bits are at least twice 24 and 2 (Figueroa 1995).
constexpr bool rounds_once(const graph::node& n) {
  return n.is<op::add_op>() || n.is<op::sub_op>() || n.is<op::mul_op>() || n.is<op::div_op>()
         || n.is<op::max_op>() || n.is<op::min_op>() || n.is<op::negate_op>()
         || n.is<op::square_op>() || n.is<op::reciprocal_op>() || n.is<op::relu_op>()
         || n.is<op::clip_op>() || n.is<op::leaky_relu_op>() || n.is<op::prelu_op>()
         || n.is<op::select_op>() || n.is<op::equal_op>() || n.is<op::not_equal_op>()
         || n.is<op::less_op>() || n.is<op::less_equal_op>() || n.is<op::greater_op>()
         || n.is<op::greater_equal_op>() || n.is<op::abs_op>();
}

// The value of n, or nothing where it is no finite f32: those stay for bind.
template <std::size_t N>
constexpr std::optional<float> value_of_numbers(const graph::rewriter<N>& out,
                                                const graph::node& n) {
  double x[graph::max_operands]{};
  for (int i = 0; i < n.count; ++i) {
    const graph::node& operand = out.operand(n, i);
    if (!graph::is_scalar_constant(operand)) return {};
    const auto bits = std::bit_cast<std::uint32_t>(operand.value);
    if ((bits & 0x7f800000U) == 0x7f800000U) return {};
    x[i] = static_cast<double>(operand.value);
  }
  if (n.is<op::div_op>() && x[1] == 0) return {};
  if (n.is<op::reciprocal_op>() && x[0] == 0) return {};
  if (n.is<op::abs_op>()) return static_cast<float>(x[0] > 0 ? x[0] : 0 - x[0]);
  const double value = n.facts().scalar(x);
  constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
  if (!(value <= largest && value >= -largest)) return {};
  return static_cast<float>(value);
}

}  // namespace detail

/// An operator all of whose operands are numbers becomes a number where that has the same bits as
/// computing it in f32 would. What depends on weights or tables is computed once, at bind.
///
/// @before  %1 = constant 3 : f32   %2 = constant 4 : f32   %3 = div(%1, %2) : f32
/// @after   %1 = constant 0.75 : f32
/// @cost    linear in nodes and operands
/// @accuracy same bits
struct fold_constants_fn final {
  static constexpr std::string_view name = "fold_constants";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::rewrite(g, [](graph::rewriter<N>& out, graph::node& n) {
      if (n.type.rank != 0 || n.count == 0 || !detail::rounds_once(n)) return graph::keep;
      const auto value = detail::value_of_numbers(out, n);
      return value ? graph::rewriter<N>::become_constant(n, *value) : graph::keep;
    });
  }
};
inline constexpr fold_constants_fn fold_constants{};

}  // namespace kiln::pass
