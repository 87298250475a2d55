// SPDX-License-Identifier: MIT
// graph -> plan: one group an operator, where every plan starts.
#pragma once

#include <kiln/plan/convolution_stages.hpp>
#include <kiln/plan/movement.hpp>

#include <cstdint>

namespace kiln::plan {

namespace detail {

template <std::size_t Capacity>
struct trivial_builder final : convolution_stages<Capacity> {
  using base = convolution_stages<Capacity>;
  using base::at;
  using base::convolution_stages;
  using base::g;
  using base::operand;
  using base::p;
  using base::state;
  using base::type_of_operand;

  constexpr plan<Capacity> build() {
    this->find_constants();
    for (int i = 0; i < g.size; ++i) {
      if (g[i].facts().group == op::category::source) this->add_source(i);
    }
    for (int i = 0; i < g.size; ++i) {
      if (state[at(i)].constant) add_node(i);
    }
    for (int i = 0; i < g.size; ++i) {
      if (!this->packs_at_bind(i)) continue;
      if (g[i].template is<op::conv2d_op>()) {
        this->pack_filters_at_bind(i);
      } else {
        this->pack_at_bind(i);
      }
    }
    p.prepare_groups = p.groups.size;
    for (int i = 0; i < g.size; ++i) {
      if (!state[at(i)].constant) add_node(i);
    }
    for (int k = 0; k < g.output_count; ++k) this->finish_output(k);
    return p;
  }

  // ---- operators --------------------------------------------------------------------------------

  constexpr void add_node(int i) {
    switch (g[i].facts().group) {
      case op::category::source:
        return copy_weight(i);
      case op::category::elementwise:
        return add_map(i);
      case op::category::contraction:
        return this->add_matmul(i);
      case op::category::convolution:
        return this->add_convolution(i);
      case op::category::pooling:
        return this->add_window(i, anchor::pooling);
      case op::category::reduction:
        return add_reduction(i, static_cast<unsigned>(g[i].attributes[0]));
      case op::category::row:
        return add_reduction(i, 1U << row_axis(i));
      case op::category::movement:
        return add_movement(i);
    }
  }

  constexpr void copy_weight(int i) {
    node_state& s = state[at(i)];
    if (!g[i].template is<op::weight_op>() || !s.needed) return;
    this->begin_group();
    s.prepared = this->whole(this->add_tensor(i, g[i].type, place::packed));
    this->add_copy(i, g[i].type, s.value, s.prepared);
  }

  /// The node whose type gives the axes of map i: of a stage that makes one of its operands, where
  /// these differ from its own by axes of extent 1 only, so that it may join that stage's store
  /// program (what makes a sequence is a convolution of images that are one line high); else i.
  constexpr int axes_of_map(int i) const {
    const tensor_type& own = g[i].type;
    if (state[at(i)].constant || own.rank == 0) return i;
    int found = i;
    for (int k = 0; k < g[i].count; ++k) {
      int m = g[i].operand(k);
      while (g[m].template is<op::reshape_op>()) m = g[m].operand(0);
      if (state[at(m)].constant || g[m].facts().group == op::category::source) continue;
      if (state[at(m)].axes >= 0) m = state[at(m)].axes;
      const tensor_type& axes = g[m].type;
      if (axes.same_shape(own)) return i;
      if (axes.rank == 0 || axes.back() != own.back() || !tensor::same_but_ones(own, axes))
        continue;
      if (found == i) found = m;
    }
    return found;
  }

  constexpr void add_map(int i) {
    this->begin_group();
    const graph::node& x = g[i];
    const int whose = axes_of_map(i);
    const tensor_type& axes = g[whose].type;
    if (whose != i) state[at(i)].axes = static_cast<std::int16_t>(whose);
    const auto over = [&](const view& v) { return whose == i ? v : with_ones(v, x.type, axes); };
    stage s = this->new_stage(anchor::map, i, x.kind, axes);
    this->begin_program(s);
    instruction line{x.kind, x.count, 0, static_cast<std::int16_t>(i), {}};
    if (x.is<op::cast_op>()) line.detail = static_cast<std::int8_t>(x.attributes[0]);
    for (int k = 0; k < x.count; ++k) {
      this->push_load(s, over(base::broadcast(operand(i, k), type_of_operand(i, k), x.type)));
      line.registers[at(k)] = static_cast<std::int8_t>(k);
    }
    this->push_instruction(s, line);
    this->push_store(s, x.count, over(this->destination(i)));
    this->add_stage(s);
  }

  /// The axis along which a row operator needs everything.
  constexpr int row_axis(int i) const {
    const bool any = g[i].template is<op::softmax_op>() || g[i].template is<op::log_softmax_op>();
    return any ? g[i].attributes[0] : g[i].type.rank - 1;
  }

  // ---- reductions and row operators: axes [kept... | reduced...] --------------------------------

  constexpr void add_reduction(int i, unsigned reduced) {
    this->begin_group();
    const tensor_type& from = type_of_operand(i, 0);
    const bool row = g[i].facts().group == op::category::row;
    const bool same_rank = g[i].type.rank == from.rank;
    const view x0 = operand(i, 0), to0 = this->destination(i);
    tensor_type axes = from;
    view x = x0, to = to0;
    to.rank = from.rank;
    to.strides = {};
    int next = 0, kept = 0;
    for (int pass = 0; pass < 2; ++pass) {
      for (int k = 0; k < from.rank; ++k) {
        if (((reduced >> k) & 1U) != static_cast<unsigned>(pass)) continue;
        axes[next] = from[k];
        x[next] = x0[k];
        if (pass == 0 || row) to[next] = to0[same_rank ? k : kept];
        kept += pass == 0 ? 1 : 0;
        ++next;
      }
    }
    stage s = this->new_stage(row ? anchor::row : anchor::reduction, i, g[i].kind, axes);
    s.kept = static_cast<std::int8_t>(kept);
    this->push_operand(s, x);
    for (int k = 1; k < g[i].count; ++k) {
      this->push_operand(s, base::broadcast(operand(i, k), type_of_operand(i, k), axes));
    }
    if (row) this->push_operand(s, row_work(i, axes));
    this->finish_anchor(s, to);
    this->add_stage(s);
  }
  /// Scratch of a row operator, its last operand: one row of floats in whole vectors.
  constexpr view row_work(int i, const tensor_type& axes) {
    constexpr std::int64_t widest_vector = 16;
    const auto n = core::round_up(bound_of(axes.back(), p.symbols), widest_vector);
    const auto type = tensor::static_type(tensor::dtype::f32, n);
    view v{};
    v.tensor = static_cast<std::int16_t>(this->add_tensor(i, type, place::block));
    v.rank = axes.rank;
    v[axes.rank - 1] = {1, 0};
    return v;
  }

  // ---- movement ---------------------------------------------------------------------------------

  constexpr void add_movement(int i) {
    if (g[i].template is<op::concat_op>()) return add_concat(i);
    node_state& s = state[at(i)];
    const node_state& from = state[at(g[i].operand(0))];
    if (!view_of(i, from.value, s.value)) return add_moved(i);
    if (s.constant && s.needed) (void)view_of(i, from.prepared, s.prepared);
  }
  /// Sets r to node i as a view of its operand's view; false when elements have to move.
  constexpr bool view_of(int i, const view& v, view& r) const {
    const graph::node& x = g[i];
    if (x.is<op::transpose_op>()) {
      r = transposed(v, x.template attributes_of<op::transpose_op>());
      return true;
    }
    if (x.is<op::slice_op>()) {
      const auto attributes = x.template attributes_of<op::slice_op>();
      if (!can_slice(v, attributes)) return false;
      r = sliced(v, attributes);
      return true;
    }
    return reshaped(v, type_of_operand(i, 0), x.type, r);
  }
  /// The operand is first copied to a dense tensor of its own shape, which can be seen any way.
  constexpr void add_moved(int i) {
    this->begin_group();
    node_state& s = state[at(i)];
    const tensor_type& from = type_of_operand(i, 0);
    const place where = s.constant && s.needed ? place::packed : place::shared;
    const dim unit =
        g[i].template is<op::slice_op>() ? elems_after(from, g[i].attributes[0]) : dim{};
    const view dense = dense_in_units(g[i].operand(0), from, unit, where);
    this->add_copy(g[i].operand(0), from, operand(i, 0), dense);
    if (!unit.is_static()) {
      const auto attributes = g[i].template attributes_of<op::slice_op>();
      s.value = sliced(dense, {attributes.axis, 0, attributes.end, attributes.step});
      s.value.start_rows = attributes.begin;
    } else if (!view_of(i, dense, s.value)) {
      core::unreachable("a dense tensor has every view");
    }
    s.prepared = s.value;
  }
  /// New dense memory; where parts of it start at multiples of a dynamic unit, that is its row.
  constexpr view dense_in_units(int node, const tensor_type& type, const dim& unit, place where) {
    const int t = this->add_tensor(node, unit.is_static() ? type : in_units(type, unit), where);
    return dense_view(t, type);
  }
  constexpr void add_concat(int i) {
    this->begin_group();
    const auto attributes = g[i].template attributes_of<op::concat_op>();
    // The unit in which the parts start.
    const dim unit =
        dim{1, g[i].type[attributes.axis].symbols} * elems_after(g[i].type, attributes.axis);
    if (!unit.is_static()) state[at(i)].value = dense_in_units(i, g[i].type, unit, place::shared);
    const view to = unit.is_static() ? this->destination(i) : state[at(i)].value;
    op::slice_op::attributes part{attributes.axis, 0, 0, 1};
    for (int k = 0; k < g[i].count; ++k) {
      view v = to;
      if (unit.is_static()) {
        v = sliced(to, part);
      } else {
        v.start_rows = part.begin;
      }
      this->add_copy(i, type_of_operand(i, k), operand(i, k), v);
      part.begin += type_of_operand(i, k)[attributes.axis].factor;
    }
  }
};

}  // namespace detail

/// The plan that runs every operator by itself; caches of the machine bound what convolutions copy.
///
/// @law   interpret_plan(trivial(g)) == interpret(g)
/// @cost  linear in the nodes of g
template <std::size_t Capacity>
constexpr plan<Capacity> trivial(const graph::graph<Capacity>& g,
                                 const core::target& machine = core::native) {
  return detail::trivial_builder<Capacity>(g, machine).build();
}

}  // namespace kiln::plan
