// SPDX-License-Identifier: MIT
// Questions about a graph: who uses a node, what is needed, what is constant, what is equal.
#pragma once

#include <kiln/graph/graph.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace kiln::graph {

/// True for inputs and weights: the names that a net is called with. No pass removes them.
constexpr bool is_interface(const node& n) { return n.is<op::input_op>() || n.is<op::weight_op>(); }

/// True for a number in the expression.
constexpr bool is_scalar_constant(const node& n) {
  return n.is<op::constant_op>() && n.type.rank == 0 && n.type.element == tensor::dtype::f32;
}

/// True for the number `value`, bit by bit: 0 is not -0.
constexpr bool is_constant(const node& n, float value) {
  return is_scalar_constant(n)
         && std::bit_cast<std::uint32_t>(n.value) == std::bit_cast<std::uint32_t>(value);
}

/// What the shape rule of a node's operator says of its operands in g. Sources and reshapes are
/// given their type: theirs is checked, not inferred.
template <std::size_t N>
constexpr op::inferred infer(const graph<N>& g, const node& n) {
  if (n.count == 0) return {n.type};
  if (n.is<op::reshape_op>()) return op::reshape_op::check(g[n.operand(0)].type, n.type);
  tensor::tensor_type types[max_operands]{};
  for (int i = 0; i < n.count; ++i) types[i] = g[n.operand(i)].type;
  return n.facts().infer(n.attributes, {types, n.count});
}

/// True if both nodes compute the same from the same operands. Numbers are equal when their bits
/// are, tables when they are one array, user maps when they call one object.
constexpr bool same(const node& a, const node& b) {
  if (a.kind != b.kind || a.count != b.count || a.slot != b.slot) return false;
  for (int i = 0; i < a.count; ++i) {
    if (a.operand(i) != b.operand(i)) return false;
  }
  return std::bit_cast<std::uint32_t>(a.value) == std::bit_cast<std::uint32_t>(b.value)
         && a.attributes == b.attributes && a.type == b.type && a.table == b.table
         && a.name == b.name && a.user == b.user;
}

/// True if both graphs hold equal nodes in the same order and the same outputs; capacities may
/// differ.
template <std::size_t N, std::size_t M>
constexpr bool same(const graph<N>& a, const graph<M>& b) {
  if (a.size != b.size || a.output_count != b.output_count) return false;
  for (int i = 0; i < a.size; ++i) {
    if (!same(a[i], b[i])) return false;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.output_count); ++i) {
    if (a.outputs[i].node != b.outputs[i].node || a.outputs[i].name != b.outputs[i].name) {
      return false;
    }
  }
  return true;
}

/// The nodes that an output needs, and the interface.
///
/// @cost  linear in nodes and operands
template <std::size_t N>
constexpr std::array<bool, N> live_nodes(const graph<N>& g) {
  std::array<bool, N> live{};
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    live[static_cast<std::size_t>(g.outputs[i].node)] = true;
  }
  for (int i = g.size - 1; i >= 0; --i) {
    bool& mine = live[static_cast<std::size_t>(i)];
    mine = mine || is_interface(g[i]);
    for (int k = 0; mine && k < g[i].count; ++k) {
      live[static_cast<std::size_t>(g[i].operand(k))] = true;
    }
  }
  return live;
}

/// The nodes that depend on no input: bind computes them once.
///
/// @cost  linear in nodes and operands
template <std::size_t N>
constexpr std::array<bool, N> constant_nodes(const graph<N>& g) {
  std::array<bool, N> constant{};
  for (int i = 0; i < g.size; ++i) {
    bool all = !g[i].template is<op::input_op>();
    for (int k = 0; all && k < g[i].count; ++k) {
      all = constant[static_cast<std::size_t>(g[i].operand(k))];
    }
    constant[static_cast<std::size_t>(i)] = all;
  }
  return constant;
}

/// How often each node is read by live nodes and outputs; a node that reads another twice counts
/// twice.
///
/// @cost  linear in nodes and operands
template <std::size_t N>
constexpr std::array<std::int16_t, N> use_counts(const graph<N>& g) {
  std::array<std::int16_t, N> uses{};
  const auto live = live_nodes(g);
  for (int i = 0; i < g.size; ++i) {
    if (!live[static_cast<std::size_t>(i)]) continue;
    for (int k = 0; k < g[i].count; ++k) ++uses[static_cast<std::size_t>(g[i].operand(k))];
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    ++uses[static_cast<std::size_t>(g.outputs[i].node)];
  }
  return uses;
}

/// Who reads a node: for each node its users, in the order of the graph.
template <std::size_t N>
struct user_table final {
  std::array<std::int32_t, N + 1> first{};
  std::array<std::int16_t, N * max_operands> users{};

  [[nodiscard]] constexpr int count(int node) const {
    return first[static_cast<std::size_t>(node) + 1] - first[static_cast<std::size_t>(node)];
  }
  [[nodiscard]] constexpr int user(int node, int i) const {
    return users[static_cast<std::size_t>(first[static_cast<std::size_t>(node)] + i)];
  }
};

/// The users of all nodes of g, dead ones included, outputs not; a node that reads another twice
/// stands there twice.
///
/// @cost  linear in nodes and operands
template <std::size_t N>
constexpr user_table<N> users_of(const graph<N>& g) {
  user_table<N> table{};
  for (int i = 0; i < g.size; ++i) {
    for (int k = 0; k < g[i].count; ++k) ++table.first[static_cast<std::size_t>(g[i].operand(k))];
  }
  std::int32_t end = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.size); ++i) {
    end += table.first[i];
    table.first[i] = end;
  }
  for (std::size_t i = static_cast<std::size_t>(g.size); i <= N; ++i) table.first[i] = end;
  for (int i = g.size - 1; i >= 0; --i) {  // backwards: each list is filled from its end
    for (int k = g[i].count - 1; k >= 0; --k) {
      const auto at = --table.first[static_cast<std::size_t>(g[i].operand(k))];
      table.users[static_cast<std::size_t>(at)] = static_cast<std::int16_t>(i);
    }
  }
  return table;
}

/// The first node of operator Op from index `from` on, or -1.
template <class Op, std::size_t N>
constexpr int find(const graph<N>& g, int from = 0) {
  for (int i = from; i < g.size; ++i) {
    if (g[i].template is<Op>()) return i;
  }
  return -1;
}

/// The input or weight of that name, or -1.
template <std::size_t N>
constexpr int find(const graph<N>& g, std::string_view name) {
  for (int i = 0; i < g.size; ++i) {
    if (is_interface(g[i]) && g[i].name == name) return i;
  }
  return -1;
}

/// How many nodes of operator Op the graph has.
template <class Op, std::size_t N>
constexpr int count(const graph<N>& g) {
  int found = 0;
  for (int i = 0; i < g.size; ++i) found += g[i].template is<Op>() ? 1 : 0;
  return found;
}

/// The first node that breaks a law of graphs, or -1: operands come earlier and are as many as the
/// operator takes, types are what the shape rule infers. g.size: an output is no node of the graph.
template <std::size_t N>
constexpr int first_invalid(const graph<N>& g) {
  for (int i = 0; i < g.size; ++i) {
    const node& n = g[i];
    const int arity = n.facts().arity;
    if (arity < 0 ? n.count < 1 : n.count != arity) return i;
    for (int k = 0; k < n.count; ++k) {
      if (n.operand(k) < 0 || n.operand(k) >= i) return i;
    }
    const op::inferred r = infer(g, n);
    if (r.what != op::mistake::none || r.type != n.type) return i;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    if (g.outputs[i].node < 0 || g.outputs[i].node >= g.size) return g.size;
  }
  return -1;
}

}  // namespace kiln::graph
