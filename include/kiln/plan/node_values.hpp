// SPDX-License-Identifier: MIT
// Where the value of every graph node is to be found while a plan is built.
#pragma once

#include <kiln/core/target.hpp>
#include <kiln/plan/builder.hpp>
#include <kiln/plan/movement.hpp>
#include <kiln/tensor/limits.hpp>

#include <array>
#include <cstdint>

namespace kiln::plan {

/// True for windows for which kernel::conv2d::depthwise() has tiles (codegen/form.hpp asks it).
constexpr bool is_small(const op::window& w) { return tensor::fits_depthwise_tile(w); }

/// What is known of a graph node while its stages are made.
struct node_state final {
  view value{};              // how to read it in the program that computes it
  view prepared{};           // a constant as run reads it; tensor -1: not in the packed memory
  bool constant = false;     // depends on weights and constants only
  bool needed = false;       // a constant that run reads as it is (not only packed into panels)
  std::int16_t panels = -1;  // of a matmul: its B packed at bind
  std::array<std::int16_t, 2> packed_as{-1, -1};  // a constant as a B, by transpose_b
  std::int8_t result = -1;                        // the result that it is first written to
  std::int16_t axes = -1;                         // a map: whose axes it goes over, if not its own
};

/// A plan under construction and the values of the graph's nodes in it.
template <std::size_t Capacity>
struct node_values : builder<Capacity> {
  using base = builder<Capacity>;
  using base::at;
  using base::p;
  const graph::graph<Capacity>& g;
  core::target machine;
  std::array<node_state, Capacity> state{};

  constexpr explicit node_values(const graph::graph<Capacity>& from,
                                 const core::target& target = core::native)
      : g(from),
        machine(target) {
    p.symbols = g.symbols;
  }

  // ---- analysis ---------------------------------------------------------------------------------

  static constexpr bool is_view(const graph::node& x) {
    return x.is<op::reshape_op>() || x.is<op::transpose_op>() || x.is<op::slice_op>();
  }

  constexpr void find_constants() {
    p.results = static_cast<std::int16_t>(g.output_count);
    for (int i = 0; i < g.size; ++i) {
      bool constant = !g[i].template is<op::input_op>();
      for (int k = 0; k < g[i].count; ++k)
        constant = constant && state[at(g[i].operand(k))].constant;
      state[at(i)].constant = constant;
    }
    for (int k = g.output_count - 1; k >= 0; --k) {
      node_state& s = state[at(g.outputs[at(k)].node)];
      s.needed = true;
      s.result = static_cast<std::int8_t>(k);
    }
    for (int k = 0; k < g.output_count; ++k) find_writer(g.outputs[at(k)].node);
    for (int i = g.size - 1; i >= 0; --i) {
      if (state[at(i)].constant && !(state[at(i)].needed && is_view(g[i]))) continue;
      for (int k = 0; k < g[i].count; ++k) {
        const bool packs = packs_at_bind(i) && (is_grouped(i) ? k > 0 : k == 1);
        if (!packs) state[at(g[i].operand(k))].needed = true;
      }
    }
  }

  /// What is computed and then only seen with another shape, in rows as long, is written to the
  /// result itself.
  constexpr void find_writer(int i) {
    if (!g[i].template is<op::reshape_op>() || state[at(i)].constant) return;
    const int m = g[i].operand(0);
    const tensor_type &from = g[m].type, &to = g[i].type;
    if (g[m].facts().group == op::category::source || is_view(g[m])) return;
    if (state[at(m)].result >= 0 || from.rank == 0 || to.rank == 0 || from.back() != to.back()) {
      return;
    }
    if (keeps_rows(to, from)) state[at(m)].result = state[at(i)].result;
  }

  constexpr bool is_grouped(int i) const { return g[i].template is<op::grouped_matmul_op>(); }

  /// A matmul whose B is a constant matrix, or a convolution with constant filters: they are packed
  /// once, at bind.
  constexpr bool packs_at_bind(int i) const {
    if (state[at(i)].constant) return false;
    const bool product = g[i].template is<op::matmul_op>() && g[g[i].operand(1)].type.rank == 2;
    const bool convolution = g[i].template is<op::conv2d_op>() && packs_filters(i);
    return (product || convolution || is_grouped(i)) && state[at(g[i].operand(1))].constant;
  }
  /// Whether a convolution runs on packed filters: not if every filter has a channel of its own; of
  /// floats, not if groups are so small that most of a pack would be idle, or the image's size is
  /// known at run time only.
  constexpr bool packs_filters(int i) const {
    const tensor_type& x = type_of_operand(i, 0);
    const auto how = g[i].template attributes_of<op::conv2d_op>();
    const std::int32_t groups = how.groups;
    const tensor_type& w = type_of_operand(i, 1);
    const std::int32_t filters = w[3].factor;
    const bool own_channels = groups > 1 && groups == x[3].factor && groups == filters;
    const bool small = is_small(op::conv2d_op::down(how, w[0].factor))
                       && is_small(op::conv2d_op::across(how, w[1].factor));
    if (own_channels) return !small && !is_floating(x.element);
    if (!is_floating(x.element)) return true;
    return x[1].is_static() && x[2].is_static()
           && (groups == 1 || filters / groups >= panel_columns);
  }

  // ---- values -----------------------------------------------------------------------------------

  constexpr const tensor_type& type_of_operand(int i, int k) const {
    return g[g[i].operand(k)].type;
  }
  /// How node i reads its k-th operand.
  constexpr const view& operand(int i, int k) const {
    const node_state& s = state[at(g[i].operand(k))];
    return s.constant && !state[at(i)].constant ? s.prepared : s.value;
  }
  /// A new tensor for the value of node i: its result, the packed memory, or scratch.
  constexpr view destination(int i) {
    node_state& s = state[at(i)];
    const place where = s.constant      ? (s.needed ? place::packed : place::shared)
                        : s.result >= 0 ? place::result
                                        : place::shared;
    if (where == place::result) {
      const int shown = g.outputs[at(s.result)].node;
      const int t = this->add_tensor(shown, g[shown].type, where);
      p.tensors[t].slot = s.result;
      s.value = this->whole(t);
      if (shown != i) (void)reshaped(view{s.value}, g[shown].type, g[i].type, s.value);
    } else {
      s.value = this->whole(this->add_tensor(i, g[i].type, where));
    }
    if (where == place::packed) s.prepared = s.value;
    return s.value;
  }

  constexpr void add_source(int i) {
    const graph::node& x = g[i];
    node_state& s = state[at(i)];
    const bool input = x.is<op::input_op>(), weight = x.is<op::weight_op>();
    const int t = this->add_tensor(i,
                                   x.type,
                                   input                  ? place::argument
                                   : weight               ? place::weight
                                   : x.is<op::table_op>() ? place::table
                                                          : place::literal);
    p.tensors[t].slot = input || weight ? x.slot : static_cast<std::int16_t>(i);
    if (input && is_flattened(g, i)) p.tensors[t].row_stride = x.type.back().factor;
    s.value = this->whole(t);
    s.prepared = s.value;
    // Slots count what the user declared; a pass may have dropped some.
    std::int16_t& count = input ? p.inputs : p.weights;
    if ((input || weight) && count <= x.slot) count = static_cast<std::int16_t>(x.slot + 1);
  }

  constexpr void finish_output(int k) {
    const int i = g.outputs[at(k)].node;
    const node_state& s = state[at(i)];
    const view& from = s.constant ? s.prepared : s.value;
    const placed_tensor& t = p.tensors[from.tensor];
    if (t.at == place::result && t.slot == k && t.node == i) return;
    this->begin_group();
    const int to = this->add_tensor(i, g[i].type, place::result);
    p.tensors[to].slot = static_cast<std::int16_t>(k);
    this->add_copy(i, g[i].type, from, this->whole(to));
  }

  constexpr void finish_anchor(stage& s, const view& to) {
    this->begin_program(s);
    this->push_store(s, 0, to);
  }
};

}  // namespace kiln::plan
