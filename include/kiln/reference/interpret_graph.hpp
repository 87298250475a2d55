// SPDX-License-Identifier: MIT
// Evaluates a graph node by node in f64 with error bounds: the oracle of every test.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/core/unreachable.hpp>
#include <kiln/graph/graph.hpp>
#include <kiln/reference/contract.hpp>
#include <kiln/reference/rearrange.hpp>
#include <kiln/reference/reduce.hpp>
#include <kiln/reference/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln::reference {

/// A number for each symbol of a graph.
using symbol_values = std::array<std::int64_t, kiln::tensor::max_symbols>;

/// What a graph needs from outside: inputs and weights by name, and values of its symbols. A symbol
/// left at 0 takes its value from the extents of the inputs.
struct inputs final {
  std::map<std::string, tensor, std::less<>> tensors;
  symbol_values symbols{};
};

/// What a graph computes: a tensor for each node, and which of them are outputs.
struct values final {
  std::vector<tensor> nodes;
  std::vector<std::pair<std::string, int>> outputs;
  symbol_values symbols{};

  /// The i-th output.
  [[nodiscard]] const tensor& output(std::size_t i = 0) const {
    return nodes[static_cast<std::size_t>(outputs[i].second)];
  }
  /// The output of that name.
  ///
  /// @errors  kiln::error: no such output
  [[nodiscard]] const tensor& output(std::string_view name) const {
    for (const auto& [given, node] : outputs) {
      if (given == name) return nodes[static_cast<std::size_t>(node)];
    }
    core::raise("interpret: there is no output '" + std::string(name) + "'");
  }
};

/// The extents of a type when its symbols have these values.
inline extents_list extents_of(const kiln::tensor::tensor_type& type,
                               const symbol_values& symbols) {
  extents_list extents;
  for (int i = 0; i < type.rank; ++i) extents.push_back(value_of(type[i], symbols.data()));
  return extents;
}

namespace detail {

inline const tensor& given(const inputs& in, std::string_view name) {
  const auto found = in.tensors.find(name);
  if (found == in.tensors.end()) core::raise("interpret: '" + std::string(name) + "' is not given");
  return found->second;
}

// Symbols that are not given, from extents `factor * symbol` of the graph's inputs.
template <std::size_t N>
symbol_values solve_symbols(const graph::graph<N>& g, const inputs& in) {
  symbol_values symbols = in.symbols;
  for (int i = 0; i < g.size; ++i) {
    if (!g[i].template is<op::input_op>()) continue;
    const tensor& t = given(in, g[i].name);
    for (int axis = 0; axis < g[i].type.rank && axis < t.rank(); ++axis) {
      const kiln::tensor::dim& d = g[i].type[axis];
      if (d.symbols.single() < 0) continue;
      auto& symbol = symbols[static_cast<std::size_t>(d.symbols.single())];
      if (symbol == 0) symbol = t.extents[static_cast<std::size_t>(axis)] / d.factor;
    }
  }
  for (int s = 0; s < g.symbol_count; ++s) {
    if (symbols[static_cast<std::size_t>(s)] < 1) {
      core::raise(std::string("interpret: the extent '")
                  + g.symbols[static_cast<std::size_t>(s)].name + "' has no value");
    }
  }
  return symbols;
}

inline void read_source(const graph::node& n, const inputs& in, tensor& out) {
  if (n.is<op::constant_op>()) {
    std::fill(out.value.begin(), out.value.end(), static_cast<double>(n.value));
  } else if (n.is<op::table_op>()) {
    for (std::size_t i = 0; i < out.elems(); ++i) out.value[i] = static_cast<double>(n.table[i]);
  } else {
    const tensor& t = given(in, n.name);
    if (t.extents != out.extents) {
      core::raise("interpret: '" + std::string(n.name) + "' has other extents than its type");
    }
    out.value = t.value;
    out.bound = t.bound;
  }
  for (double& x : out.value) x = round_to(n.type.element, x);
}

template <class... Ops, class F>
void for_the_one(core::list<Ops...>, const graph::node& n, F f) {
  const bool found = ((n.is<Ops>() ? (f(static_cast<Ops*>(nullptr)), true) : false) || ...);
  if (!found) core::unreachable("an operator without a reference meaning");
}

inline void reduce_any(const graph::node& n, const tensor& x, tensor& out) {
  using reductions = core::list<op::reduce_sum_op,
                                op::reduce_mean_op,
                                op::reduce_prod_op,
                                op::reduce_max_op,
                                op::reduce_min_op,
                                op::reduce_l1_op,
                                op::reduce_l2_op>;
  for_the_one(reductions{}, n, [&]<class Op>(Op*) { reduce<Op>(n.attributes_of<Op>(), x, out); });
}

inline void pool_any(const graph::node& n, const tensor& x, tensor& out) {
  using poolings = core::list<op::max_pool_op, op::avg_pool_op>;
  for_the_one(poolings{}, n, [&]<class Op>(Op*) { pool<Op>(n.attributes_of<Op>(), x, out); });
}

inline void row_any(const graph::node& n, const operand_list& x, tensor& out) {
  if (n.is<op::layer_norm_op>()) {
    layer_norm(*x[0], *x[1], *x[2], *x[3], out);
  } else if (n.is<op::rms_norm_op>()) {
    rms_norm(*x[0], *x[1], *x[2], out);
  } else {
    softmax(n.attributes_of<op::softmax_op>().axis, n.is<op::log_softmax_op>(), *x[0], out);
  }
}

inline void evaluate(const graph::node& n, const operand_list& x, tensor& out) {
  switch (n.facts().group) {
    case op::category::source:
      break;
    case op::category::elementwise:
      return elementwise(n, x, out);
    case op::category::contraction:
      if (n.is<op::grouped_matmul_op>()) {
        const auto at = n.attributes_of<op::grouped_matmul_op>();
        return matmul({}, *x[0], grouped_weights(at, *x[1], *x[2], *x[3]), out);
      }
      return matmul(n.attributes_of<op::matmul_op>(), *x[0], *x[1], out);
    case op::category::convolution:
      return conv2d(n.attributes_of<op::conv2d_op>(), *x[0], *x[1], out);
    case op::category::pooling:
      return pool_any(n, *x[0], out);
    case op::category::reduction:
      return reduce_any(n, *x[0], out);
    case op::category::row:
      return row_any(n, x, out);
    case op::category::movement:
      return move_elements(n, x, out);
  }
}

}  // namespace detail

/// The value of every node. Values are computed in f64; elements of other types than f32 are
/// rounded to them. The bounds hold for any f32 evaluation that is sound in the sense of
/// `interval`, `dot_product` and `accumulator`: each operator as written, sums in any order.
///
/// @cost    that of naive loops: meant for tests
/// @errors  kiln::error: a tensor is missing or has other extents than its type, a symbol has no
///          value
template <std::size_t N>
values interpret(const graph::graph<N>& g, const inputs& in) {
  values result;
  result.symbols = detail::solve_symbols(g, in);
  result.nodes.reserve(static_cast<std::size_t>(g.size));
  for (int i = 0; i < g.size; ++i) {
    const graph::node& n = g[i];
    operand_list operands;
    for (int k = 0; k < n.count; ++k) {
      const int from = n.operand(k);
      if (from < 0 || from >= i) core::unreachable("an operand does not come before its user");
      operands.push_back(&result.nodes[static_cast<std::size_t>(from)]);
    }
    tensor out(extents_of(n.type, result.symbols));
    if (n.facts().group == op::category::source) {
      detail::read_source(n, in, out);
    } else {
      detail::evaluate(n, operands, out);
      // Sums of integer products are exact; what the evaluation allowed is for sums of floats.
      const bool sums = n.facts().group == op::category::contraction
                        || n.facts().group == op::category::convolution;
      if (sums && !is_floating(n.type.element)) std::fill(out.bound.begin(), out.bound.end(), 0.0);
      if (n.type.element != kiln::tensor::dtype::f32 || n.is<op::cast_op>()) {
        for (std::size_t e = 0; e < out.elems(); ++e) {
          out.set(e, stored_as(n.type.element, out.at(e)));
        }
      }
    }
    result.nodes.push_back(std::move(out));
  }
  for (int o = 0; o < g.output_count; ++o) {
    const auto& output = g.outputs[static_cast<std::size_t>(o)];
    result.outputs.emplace_back(std::string(output.name), output.node);
  }
  return result;
}

}  // namespace kiln::reference
