// SPDX-License-Identifier: MIT
// Adds an output that tells how small and large the numbers are that enter each product.
#pragma once

#include <kiln/pass/weighted_products.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::pass {

namespace detail {

/// Appends nodes to a graph that has room for them.
template <std::size_t N>
struct range_observer final {
  graph::graph<N> g;

  template <class Op>
  constexpr int add(const int* operands, int count, const typename Op::attributes& at = {}) {
    graph::node n{};
    n.kind = op::kind_of<Op>;
    n.attributes = op::encode(at);
    n.count = static_cast<std::int8_t>(count);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      n.operands[i] = static_cast<std::int16_t>(operands[i]);
    }
    n.type = graph::infer(g, n).type;
    return g.push(n);
  }
  constexpr int reshape(int x, const tensor::tensor_type& type) {
    graph::node n{};
    n.kind = op::kind_of<op::reshape_op>;
    n.count = 1;
    n.operands[0] = static_cast<std::int16_t>(x);
    n.type = type;
    return g.push(n);
  }
  template <class Op>
  constexpr int extreme(int x) {
    const int r = add<Op>(&x, 1, {(1 << g[x].type.rank) - 1, 0});
    return reshape(r, tensor::static_type(tensor::dtype::f32, 1));
  }
  /// Eight at a time, as many as a node has operands.
  constexpr int joined(int* parts, int count) {
    while (count > 1) {
      int made = 0;
      for (int i = 0; i < count; i += graph::max_operands) {
        const int some = count - i < graph::max_operands ? count - i : graph::max_operands;
        parts[made++] = some == 1 ? parts[i] : add<op::concat_op>(parts + i, some);
      }
      count = made;
    }
    return parts[0];
  }
};

}  // namespace detail

/// Adds the output "ranges", f32[products, 2]: the least and the greatest number that enters each
/// matmul and convolution with constant weights that are not dequantised, in the order of the
/// graph. What to_int8 wants to know. A graph with an obstacle stays as it is.
///
/// @before  %2 = matmul(%0, %1) : f32[2, 4]   return y = %2
/// @after   %2 = matmul(%0, %1) : f32[2, 4]   %3 = reduce_min(%0, axes=[0, 1]) : f32   ...
///          return y = %2, ranges = %8
/// @cost    linear in nodes and operands; adds up to 6 nodes a product
/// @accuracy same bits
struct observe_ranges_fn final {
  static constexpr std::string_view name = "observe_ranges";
  static constexpr std::string_view output = "ranges";

  /// Why a graph gets no such output: it has one of that name, or as many as a graph may have, or
  /// no product to observe.
  enum class obstacle : std::uint8_t { none, name_taken, outputs, no_product };
  template <std::size_t N>
  constexpr obstacle obstacle_in(const graph::graph<N>& g) const {
    for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
      if (g.outputs[i].name == output) return obstacle::name_taken;
    }
    if (g.output_count == graph::max_outputs) return obstacle::outputs;
    return detail::count_weighted_products(g) == 0 ? obstacle::no_product : obstacle::none;
  }
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& from) const {
    const int products = detail::count_weighted_products(from);
    const bool stays = obstacle_in(from) != obstacle::none;
    detail::range_observer<N> o{graph::compact<N>(from)};
    if (stays || o.g.size + room(from) > static_cast<int>(N)) return o.g;
    const auto constants = graph::constant_nodes(o.g);
    const auto constant = [&](int i) { return constants[static_cast<std::size_t>(i)]; };
    int parts[2 * N]{};
    int count = 0;
    for (int i = 0, size = o.g.size; i < size; ++i) {
      if (!detail::is_weighted_product(o.g, o.g[i], constant)) continue;
      int x = o.g[i].operand(0);
      if (o.g[x].type.element != tensor::dtype::f32) {
        x = o.template add<op::cast_op>(&x, 1, op::cast_op::to(tensor::dtype::f32));
      }
      parts[count++] = o.template extreme<op::reduce_min_op>(x);
      parts[count++] = o.template extreme<op::reduce_max_op>(x);
    }
    const int all =
        o.reshape(o.joined(parts, count), tensor::static_type(tensor::dtype::f32, products, 2));
    o.g.outputs[static_cast<std::size_t>(o.g.output_count++)] = {static_cast<std::int16_t>(all),
                                                                 output};
    return o.g;
  }
  /// The most nodes that it adds to g.
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& g) const {
    return 6 * detail::count_weighted_products(g) + 1;
  }
};
inline constexpr observe_ranges_fn observe_ranges{};

}  // namespace kiln::pass
