// SPDX-License-Identifier: MIT
// The only ways to make a new graph of an old one: rewrite by a rule, replace uses, compact.
#pragma once

#include <kiln/graph/query.hpp>

#include <array>
#include <cstdint>

namespace kiln::graph {

/// g without the nodes that nothing needs, in the same order, in a graph of capacity M. Inputs and
/// weights stay. Too small an M is a hard error of the evaluation.
///
/// @cost  linear in nodes and operands
template <std::size_t M, std::size_t N>
constexpr graph<M> compact(const graph<N>& g) {
  graph<M> r{};
  const auto live = live_nodes(g);
  std::int16_t place[N]{};
  for (int i = 0; i < g.size; ++i) {
    if (!live[static_cast<std::size_t>(i)]) continue;
    const int to = r.push(g[i]);
    place[i] = static_cast<std::int16_t>(to);
    for (int k = 0; k < g[i].count; ++k) {
      r[to].operands[static_cast<std::size_t>(k)] = place[g[i].operand(k)];
    }
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    r.outputs[i] = {place[g.outputs[i].node], g.outputs[i].name};
  }
  r.output_count = g.output_count;
  r.symbols = g.symbols;
  r.symbol_count = g.symbol_count;
  return r;
}

/// g where every later node and every output that read node `from` reads node `to`, which has the
/// same type and comes before all of them; what is then dead is dropped.
template <std::size_t N>
constexpr graph<N> replace_uses(graph<N> g, int from, int to) {
  if (g[from].type != g[to].type) core::unreachable("a node is replaced by one of another type");
  for (int i = to + 1; i < g.size; ++i) {
    for (std::size_t k = 0; k < static_cast<std::size_t>(g[i].count); ++k) {
      if (g[i].operands[k] == from) g[i].operands[k] = static_cast<std::int16_t>(to);
    }
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    if (g.outputs[i].node == from) g.outputs[i].node = static_cast<std::int16_t>(to);
  }
  return compact<N>(g);
}

/// What a rule says of a node when it does not name another node to take its place.
inline constexpr int keep = -1;   // the node stays as it is
inline constexpr int again = -2;  // the rule has changed the node and wants to see it again

/// Builds a new graph from an old one, node by node in order. A rule sees each node with its
/// operands already in the new graph, so that one sweep rewrites chains of any length.
///
/// @law  no rule can change a node's type: a change that would is not made
/// @law  no rule can overflow the graph: `make` and `constant` give -1 where there is no room
template <std::size_t N>
class rewriter final {
 public:
  constexpr explicit rewriter(const graph<N>& from)
      : from_(from),
        live_(live_nodes(from)) {
    out_.symbols = from.symbols;
    out_.symbol_count = from.symbol_count;
    for (int i = 0; i < from.size; ++i) left_ += live_[static_cast<std::size_t>(i)] ? 1 : 0;
  }

  /// The new graph as far as it is.
  constexpr const graph<N>& made() const { return out_; }
  /// Node i of the new graph.
  constexpr const node& operator[](int i) const { return out_.nodes[static_cast<std::size_t>(i)]; }
  /// The k-th operand of a node that the rule sees.
  constexpr const node& operand(const node& n, int k) const { return (*this)[n.operand(k)]; }
  /// True if node i of the new graph depends on no input: bind computes it once.
  [[nodiscard]] constexpr bool is_constant(int i) const {
    return constant_[static_cast<std::size_t>(i)];
  }
  /// The old index of the node that the rule sees.
  [[nodiscard]] constexpr int current() const { return current_; }
  /// True if `extra` nodes fit beside what is left of the old graph.
  [[nodiscard]] constexpr bool has_room(int extra) const {
    return out_.size + left_ + extra <= static_cast<int>(N);
  }

  /// Appends a scalar constant; -1: no room.
  constexpr int constant(float value) {
    if (!has_room(1)) return -1;
    node n{};
    n.kind = op::kind_of<op::constant_op>;
    n.value = value;
    return push(n);
  }
  /// Appends Op(operands...); -1: an operand is -1, the shape rule refuses, or no room.
  template <class Op>
  constexpr int make(std::initializer_list<int> operands,
                     const typename Op::attributes& attributes = {}) {
    node n{};
    n.kind = op::kind_of<Op>;
    n.attributes = op::encode(attributes);
    for (const int o : operands) {
      if (o < 0) return -1;
      n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
    }
    const op::inferred r = infer(out_, n);
    if (r.what != op::mistake::none || !has_room(1)) return -1;
    n.type = r.type;
    return push(n);
  }
  /// Appends a node without operands: a table, or a weight that a pass asks for; -1: no room.
  constexpr int make_source(const node& n) { return has_room(1) ? push(n) : -1; }
  /// Appends operand x as another type with as many elements; -1: not possible, or no room.
  constexpr int reshape(int x, const tensor::tensor_type& type) {
    if (x < 0 || !has_room(1)) return -1;
    node n{};
    n.kind = op::kind_of<op::reshape_op>;
    n.count = 1;
    n.operands[0] = static_cast<std::int16_t>(x);
    n.type = type;
    return infer(out_, n).what == op::mistake::none ? push(n) : -1;
  }

  /// Makes n another operator on new operands; its type stays. Gives `again`, or `keep` and n as
  /// it was where an operand is -1.
  template <class Op>
  static constexpr int become(node& n,
                              std::initializer_list<int> operands,
                              const typename Op::attributes& attributes = {}) {
    for (const int o : operands) {
      if (o < 0) return keep;
    }
    n.kind = op::kind_of<Op>;
    n.attributes = op::encode(attributes);
    n.user = {};
    n.slot = -1;
    n.count = 0;
    for (const int o : operands) {
      n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
    }
    for (auto k = static_cast<std::size_t>(n.count); k < n.operands.size(); ++k) n.operands[k] = -1;
    return again;
  }
  /// Makes n a scalar constant.
  static constexpr int become_constant(node& n, float value) {
    become<op::constant_op>(n, {});
    n.value = value;
    return again;
  }

  /// Sweeps over the old graph and gives the new one, without dead nodes.
  template <class Rule>
  constexpr graph<N> run(Rule& rule) {
    std::int16_t place[N]{};
    for (current_ = 0; current_ < from_.size; ++current_) {
      if (!live_[static_cast<std::size_t>(current_)]) continue;
      node n = from_[current_];
      for (std::size_t k = 0; k < static_cast<std::size_t>(n.count); ++k) {
        n.operands[k] = place[n.operands[k]];
      }
      place[current_] = static_cast<std::int16_t>(settle(n, rule));
      --left_;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(from_.output_count); ++i) {
      out_.outputs[i] = {place[from_.outputs[i].node], from_.outputs[i].name};
    }
    out_.output_count = from_.output_count;
    return compact<N>(out_);
  }

 private:
  constexpr int push(const node& n) {
    bool constant = !n.is<op::input_op>();
    for (int k = 0; constant && k < n.count; ++k) constant = is_constant(n.operand(k));
    constant_[static_cast<std::size_t>(out_.size)] = constant;
    return out_.push(n);
  }
  // Applies the rule until it has nothing to say. Gives the node's place in the new graph.
  template <class Rule>
  constexpr int settle(node& n, Rule& rule) {
    if (is_interface(n)) return push(n);
    for (;;) {
      node next = n;
      const int said = rule(*this, next);
      if (said >= 0 && (*this)[said].type == n.type) return said;
      if (said != again) return push(n);
      const op::inferred r = infer(out_, next);
      if (r.what != op::mistake::none || r.type != n.type) return push(n);
      n = next;
    }
  }

  const graph<N>& from_;
  std::array<bool, N> live_;
  graph<N> out_{};
  std::array<bool, N> constant_{};
  int left_ = 0;
  int current_ = 0;
};

/// The graph that a rule makes of g. A rule is called as `int rule(rewriter<N>& out, node& n)` and
/// gives `keep`, `again`, or the index of the node of `out` that takes n's place.
///
/// @law   idempotent if the rule looks at nothing but n and the nodes below it
/// @cost  linear in nodes and operands, times the changes that the rule makes to one node
template <std::size_t N, class Rule>
constexpr graph<N> rewrite(const graph<N>& g, Rule rule) {
  return rewriter<N>(g).run(rule);
}

}  // namespace kiln::graph
