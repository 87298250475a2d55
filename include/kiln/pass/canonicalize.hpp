// SPDX-License-Identifier: MIT
// Gives equal computations one form: numbers on the right, no idle movement, one operator for one
// thing.
#pragma once

#include <kiln/graph/rewrite.hpp>

#include <string_view>

namespace kiln::pass {

namespace detail {

/// The rules of canonicalize. Each is tried on each node, the first that fires ends the round.
template <std::size_t N>
struct canonical_form final {
  using graph_rewriter = graph::rewriter<N>;
  using node = graph::node;
  graph_rewriter& out;
  node& n;

  constexpr int operator()() const {
    switch (n.facts().group) {
      case op::category::elementwise:
        return n.is<op::cast_op>() ? cast() : arithmetic();
      case op::category::movement:
        return movement();
      case op::category::contraction:
        return n.is<op::matmul_op>() ? matmul() : graph::keep;
      case op::category::convolution:
        return convolution();
      default:
        return graph::keep;
    }
  }

  constexpr const node& x() const { return out.operand(n, 0); }
  constexpr bool is_number(int k) const { return graph::is_scalar_constant(out.operand(n, k)); }
  constexpr float number(int k) const { return out.operand(n, k).value; }
  template <class Op>
  constexpr int become(std::initializer_list<int> operands,
                       const typename Op::attributes& attributes = {}) const {
    return graph_rewriter::template become<Op>(n, operands, attributes);
  }
  template <class Op>
  constexpr int swapped() const {
    return become<Op>({n.operand(1), n.operand(0)});
  }

  // ---- arithmetic -------------------------------------------------------------------------------

  constexpr int arithmetic() const {
    if (n.count != 2) return graph::keep;
    if (is_number(0) && !is_number(1)) return number_on_the_left();
    // weights after what changes with every run: the form of a bias
    if (out.is_constant(n.operand(0)) && !out.is_constant(n.operand(1))) {
      if (n.is<op::add_op>()) return swapped<op::add_op>();
      if (n.is<op::mul_op>()) return swapped<op::mul_op>();
    }
    if (n.is<op::mul_op>() && n.operand(0) == n.operand(1)) {
      return become<op::square_op>({n.operand(0)});
    }
    // x - a has the bits of x + (-a)
    if (n.is<op::sub_op>() && is_number(1) && !is_number(0)) {
      return become<op::add_op>({n.operand(0), out.constant(-number(1))});
    }
    return graph::keep;
  }
  constexpr int number_on_the_left() const {
    if (n.is<op::add_op>()) return swapped<op::add_op>();
    if (n.is<op::mul_op>()) return swapped<op::mul_op>();
    if (n.is<op::equal_op>()) return swapped<op::equal_op>();
    if (n.is<op::not_equal_op>()) return swapped<op::not_equal_op>();
    if (n.is<op::less_op>()) return swapped<op::greater_op>();
    if (n.is<op::less_equal_op>()) return swapped<op::greater_equal_op>();
    if (n.is<op::greater_op>()) return swapped<op::less_op>();
    if (n.is<op::greater_equal_op>()) return swapped<op::less_equal_op>();
    // of 0 and -0, max and min give the second
    if (n.is<op::max_op>() && number(0) != 0) return swapped<op::max_op>();
    if (n.is<op::min_op>() && number(0) != 0) return swapped<op::min_op>();
    if (n.is<op::max_op>() && graph::is_constant(x(), 0.0F)) {
      return become<op::relu_op>({n.operand(1)});
    }
    if (n.is<op::sub_op>() && graph::is_constant(x(), -0.0F)) {
      return become<op::negate_op>({n.operand(1)});
    }
    if (n.is<op::div_op>() && number(0) == 1) return become<op::reciprocal_op>({n.operand(1)});
    return graph::keep;
  }

  // ---- casts ------------------------------------------------------------------------------------

  /// True if every value of `narrow` is a value of `wide`.
  static constexpr bool holds(tensor::dtype wide, tensor::dtype narrow) {
    using tensor::dtype;
    if (wide == narrow) return true;
    const bool bytes = narrow == dtype::s8 || narrow == dtype::u8;
    switch (wide) {
      case dtype::f32:
        return narrow != dtype::s32;
      case dtype::bf16:
      case dtype::f16:
      case dtype::s32:
        return bytes;
      default:
        return false;
    }
  }
  /// Storing integers rounds, and those of u8 saturate at 0.
  constexpr bool does_nothing_before(tensor::dtype to) const {
    if (is_floating(to) || !is_floating(x().type.element)) return false;
    return x().template is<op::round_op>()
           || (x().template is<op::relu_op>() && to == tensor::dtype::u8);
  }
  constexpr int cast() const {
    if (x().type.element == n.type.element) return n.operand(0);
    if (does_nothing_before(n.type.element)) {
      n.operands[0] = x().operands[0];
      return graph::again;
    }
    if (!x().template is<op::cast_op>()) return graph::keep;
    const node& before = out.operand(x(), 0);
    if (!holds(x().type.element, before.type.element)) return graph::keep;
    n.operands[0] = x().operands[0];
    return graph::again;
  }

  // ---- movement ---------------------------------------------------------------------------------

  constexpr int movement() const {
    if (n.is<op::reshape_op>()) return reshape();
    if (n.is<op::transpose_op>()) return transpose();
    if (n.is<op::slice_op>()) return slice();
    if (n.is<op::concat_op>() && n.count == 1) return n.operand(0);
    return graph::keep;
  }
  constexpr int reshape() const {
    if (x().type == n.type) return n.operand(0);
    if (!x().template is<op::reshape_op>()) return graph::keep;
    n.operands[0] = x().operands[0];
    return graph::again;
  }
  using order_attributes = op::transpose_op::attributes;
  constexpr int transpose() const {
    auto mine = n.template attributes_of<op::transpose_op>();
    bool identity = true;
    for (int i = 0; i < n.type.rank; ++i) {
      identity = identity && mine.order[static_cast<std::size_t>(i)] == i;
    }
    if (identity) return n.operand(0);
    if (!x().template is<op::transpose_op>()) return graph::keep;
    const auto before = x().template attributes_of<op::transpose_op>();
    for (std::size_t i = 0; i < static_cast<std::size_t>(n.type.rank); ++i) {
      mine.order[i] = before.order[static_cast<std::size_t>(mine.order[i])];
    }
    return become<op::transpose_op>({x().operand(0)}, mine);
  }
  constexpr int slice() const {
    const auto mine = n.template attributes_of<op::slice_op>();
    if (x().type == n.type) return n.operand(0);
    if (x().template is<op::concat_op>()) return slice_of_concat(mine);
    if (!x().template is<op::slice_op>()) return graph::keep;
    const auto before = x().template attributes_of<op::slice_op>();
    if (before.axis != mine.axis) return graph::keep;
    op::slice_op::attributes both{
        mine.axis, before.begin + mine.begin * before.step, 0, before.step * mine.step};
    both.end = both.begin + (n.type[mine.axis].factor - 1) * both.step + 1;
    return become<op::slice_op>({x().operand(0)}, both);
  }
  /// What lies within one part of a concatenation is a slice of that part.
  constexpr int slice_of_concat(op::slice_op::attributes mine) const {
    if (x().attributes[0] != mine.axis) return graph::keep;
    int last = mine.begin + (n.type[mine.axis].factor - 1) * mine.step;
    for (int k = 0; k < x().count; ++k) {
      const auto& extent = out.operand(x(), k).type[mine.axis];
      if (!extent.is_static() || (mine.begin < extent.factor && last >= extent.factor)) break;
      if (last < extent.factor) {
        mine.end = last + 1;
        return become<op::slice_op>({x().operand(k)}, mine);
      }
      mine.begin -= extent.factor;
      last -= extent.factor;
    }
    return graph::keep;
  }

  // ---- products ---------------------------------------------------------------------------------

  /// True for a transpose that swaps the last two axes and leaves the others.
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
  constexpr int matmul() const {
    auto at = n.template attributes_of<op::matmul_op>();
    const node& b = out.operand(n, 1);
    if (swaps_last_two(x())) {
      at.transpose_a ^= 1;
      return become<op::matmul_op>({x().operand(0), n.operand(1)}, at);
    }
    if (swaps_last_two(b)) {
      at.transpose_b ^= 1;
      return become<op::matmul_op>({n.operand(0), b.operand(0)}, at);
    }
    return graph::keep;
  }
  /// A convolution with one tap that touches every pixel once is a product: [b, h, w, c] x [c, f].
  constexpr int convolution() const {
    const node& weights = out.operand(n, 1);
    const op::conv2d_op::attributes plain{};
    auto at = n.template attributes_of<op::conv2d_op>();
    at.dilation_h = at.dilation_w = 1;  // one tap has no distance
    const bool one_tap = weights.type[0].factor == 1 && weights.type[1].factor == 1;
    if (!one_tap || at != plain || !out.has_room(1)) return graph::keep;
    tensor::tensor_type matrix{weights.type.element, 2, {weights.type[2], weights.type[3]}};
    return become<op::matmul_op>({n.operand(0), out.reshape(n.operand(1), matrix)});
  }
};

}  // namespace detail

/// One form for what can be written in several ways: a number is the right operand where order does
/// not matter, and comparisons turn with it; sums and products of a weight have it on the right;
/// x - a is x + (-a), x * x is square(x), 1 / x is reciprocal(x), max(0, x) is relu(x); casts,
/// reshapes, transposes, slices that change nothing are gone and chains of them are one; a
/// rounding before a cast to integers is gone, relu before one to u8 too; a
/// transpose of the last two axes is an attribute of the product that reads it; a slice of a
/// concatenation is a slice of a part; a convolution with a 1 x 1 window is a product.
///
/// @before  %2 = transpose(%1, order=[1, 0]) : f32[8, 4]   %3 = matmul(%0, %2) : f32[2, 4]
/// @after   %2 = matmul(%0, %1, transpose_b=1) : f32[2, 4]
/// @cost    linear in nodes and operands
/// @accuracy same bits; for the 1 x 1 convolution those of a product, summed in the same order
struct canonicalize_fn final {
  static constexpr std::string_view name = "canonicalize";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::rewrite(g, [](graph::rewriter<N>& out, graph::node& n) {
      return detail::canonical_form<N>{out, n}();
    });
  }
};
inline constexpr canonicalize_fn canonicalize{};

}  // namespace kiln::pass
