// SPDX-License-Identifier: MIT
// ARROW 1: expression -> graph.
#pragma once

#include <kiln/dsl/leaf.hpp>
#include <kiln/dsl/source.hpp>
#include <kiln/graph/graph.hpp>
#include <kiln/op/map.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace kiln::dsl {

namespace detail {

/// What a node's type alone says of the graph node.
template <class Node, class Symbols>
struct prototype;
template <class Op, class Identity, class Typed, int... Operands, class Symbols>
struct prototype<n<Op, Identity, Typed, Operands...>, Symbols> {
  static constexpr graph::node make() {
    graph::node made{};
    made.kind = op::kind_of<Op>;
    made.count = sizeof...(Operands);
    if constexpr (sizeof...(Operands) > 0) {
      std::size_t i = 0;
      ((made.operands[i++] = static_cast<std::int16_t>(Operands)), ...);
    }
    made.type = type_value<Typed, Symbols>;
    made.attributes = words_of<Identity>;
    return made;
  }
  static constexpr graph::node value = make();
};
template <class Op, char... C, class Typed, class Symbols>
struct prototype<n<Op, core::text<C...>, Typed>, Symbols> {
  static constexpr graph::node make() {
    graph::node made{};
    made.kind = op::kind_of<Op>;
    made.type = type_value<Typed, Symbols>;
    made.name = core::text<C...>::view;
    return made;
  }
  static constexpr graph::node value = make();
};
template <const auto& Table, class Typed, class Symbols>
struct prototype<n<op::table_op, table_reference<Table>, Typed>, Symbols> {
  static constexpr const float* first() {
    if constexpr (requires { Table[0][0]; }) {
      return &Table[0][0];
    } else {
      return &Table[0];
    }
  }
  static constexpr graph::node make() {
    graph::node made{};
    made.kind = op::kind_of<op::table_op>;
    made.type = type_value<Typed, Symbols>;
    made.table = first();
    return made;
  }
  static constexpr graph::node value = make();
};
template <class F, int Arity, class Site, class Typed, class Symbols>
struct prototype<n<callable_op<F, Arity>, Site, Typed>, Symbols> {
  static constexpr graph::node value{};
};

/// Calls the I-th callable of an expression with Arity floats; f64 outside, so that oracles can.
template <class F, std::size_t... I>
double call_with(const void* object, const double* x, std::index_sequence<I...>) {
  return static_cast<double>((*static_cast<const F*>(object))(static_cast<float>(x[I])...));
}
template <class F, int Arity>
double call_thunk(const void* object, const double* x) {
  return call_with<F>(object, x, std::make_index_sequence<static_cast<std::size_t>(Arity)>{});
}

template <class F, int Arity>
constexpr graph::callable callable_of(const F& f) {
  return {&f, &call_thunk<F, Arity>};
}

template <class Chain, class Nodes = all_nodes<Chain>>
struct reader;
template <class Chain, class... Ns>
struct reader<Chain, core::list<Ns...>> {
  static constexpr std::size_t count = sizeof...(Ns);
  using symbols = typename Chain::symbols;
  static constexpr std::size_t callable_count{Chain::callables::size::value};

  template <int Place, class F, int Arity>
  static constexpr graph::callable thunk(const held_at<Place, F, Arity>& one) {
    return callable_of<F, Arity>(one.f);
  }
  template <std::size_t... I>
  static constexpr std::array<graph::callable, callable_count + 1> thunks(
      [[maybe_unused]] const expr<Chain>& y, std::index_sequence<I...>) {
    return {thunk<static_cast<int>(I)>(y.callables)...};
  }

  /// The graph of y without outputs; place[i] is where node i of the expression went, or, for a
  /// callable, -1 - its slot.
  template <std::size_t Capacity>
  static constexpr graph::graph<Capacity> read(const expr<Chain>& y,
                                               std::array<std::int16_t, count>& place) {
    graph::graph<Capacity> g{};
    const graph::node* const prototypes[] = {&prototype<Ns, symbols>::value...};
    constexpr payload carries[] = {payload_of<Ns>...};
    const auto calls = thunks(y, std::make_index_sequence<callable_count>{});
    std::int16_t scalars = 0, callables = 0, inputs = 0, weights = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (carries[i] == payload::callable) {
        place[i] = static_cast<std::int16_t>(-1 - callables++);
        continue;
      }
      place[i] = static_cast<std::int16_t>(g.push(*prototypes[i]));
      graph::node& x = g[place[i]];
      connect(x, place, calls);
      if (carries[i] == payload::scalar) x.value = y.scalars[static_cast<std::size_t>(scalars++)];
      if (x.is<op::input_op>()) x.slot = inputs++;
      if (x.is<op::weight_op>()) x.slot = weights++;
    }
    set_symbols(g, symbols{});
    return g;
  }

 private:
  /// Puts the places of the operands in the graph; a callable among them (the first) becomes the
  /// node's own.
  template <class Calls>
  static constexpr void connect(graph::node& x,
                                const std::array<std::int16_t, count>& place,
                                const Calls& calls) {
    std::size_t kept = 0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(x.count); ++j) {
      const std::int16_t to = place[static_cast<std::size_t>(x.operands[j])];
      if (to < 0) {
        x.slot = static_cast<std::int16_t>(-1 - to);
        x.user = calls[static_cast<std::size_t>(x.slot)];
      } else {
        x.operands[kept++] = to;
      }
    }
    if (kept < static_cast<std::size_t>(x.count)) x.operands[kept] = -1;
    x.count = static_cast<std::int8_t>(kept);
  }

  template <std::size_t Capacity, class... Symbols>
  static constexpr void set_symbols(graph::graph<Capacity>& g, core::list<Symbols...>) {
    ((g.symbols[static_cast<std::size_t>(g.symbol_count++)] = Symbols::value), ...);
  }
};

/// Room for the nodes that passes add.
constexpr std::size_t capacity_for(std::size_t nodes) { return nodes + nodes / 4 + 16; }

template <std::size_t Capacity, std::size_t Count, class... Names>
constexpr void set_outputs(graph::graph<Capacity>& g,
                           const std::array<std::int16_t, Count>& nodes,
                           core::list<Names...>) {
  ((g.outputs[static_cast<std::size_t>(g.output_count)] =
        {nodes[static_cast<std::size_t>(g.output_count)], Names::view},
    ++g.output_count),
   ...);
}
}  // namespace detail

/// The graph of an expression or a bundle of static storage (callables are referred to).
///
/// @law  interpret(lower(y)) is the meaning of y
template <class Y>
constexpr auto lower(const Y& y) {
  using from = source<Y>;
  using reader = detail::reader<typename from::expression_t::chain_t>;
  std::array<std::int16_t, reader::count> place{};
  auto g = reader::template read<detail::capacity_for(reader::count)>(from::expression(y), place);
  std::array<std::int16_t, from::roots.size()> nodes{};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = place[static_cast<std::size_t>(from::roots[i])];
  }
  detail::set_outputs(g, nodes, typename from::names{});
  return g;
}

}  // namespace kiln::dsl
