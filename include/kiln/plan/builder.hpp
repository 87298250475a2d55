// SPDX-License-Identifier: MIT
// Appends tensors, views, stages and groups to a plan, one after the other.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>

#include <cstdint>

namespace kiln::plan {

/// A plan under construction. Stages go to the last group.
template <std::size_t Capacity>
struct builder {
  plan<Capacity> p{};

  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

  // ---- tensors and views ------------------------------------------------------------------------

  /// A tensor with dense rows.
  constexpr int add_tensor(int node, const tensor_type& type, place where) {
    placed_tensor t{};
    t.type = type;
    t.at = where;
    t.node = static_cast<std::int16_t>(node);
    const bool callers = where == place::argument || where == place::result;
    if (!callers && type.rank > 0 && type.back().is_static()) t.row_stride = type.back().factor;
    t.bytes = bound_of(type.elems(), p.symbols) * static_cast<std::int64_t>(size_of(type.element));
    return p.tensors.push(t);
  }
  /// A [k, n] matrix in kernel::gemm's packed layout: k in words of `depth` neighbours; panels of
  /// s8 are followed by one s32 for every column, with which products of a shifted A are corrected.
  constexpr int add_panels(int node, const tensor_type& type, place where, int depth) {
    placed_tensor t{};
    t.type = type;
    t.at = where;
    t.form = layout::panels;
    t.depth = static_cast<std::int8_t>(depth);
    t.node = static_cast<std::int16_t>(node);
    if (type.back().is_static()) t.row_stride = type.back().factor;
    const auto n = core::round_up<std::int64_t>(bound_of(type.back(0), p.symbols), panel_columns);
    const auto k = core::round_up<std::int64_t>(bound_of(type.back(1), p.symbols), depth);
    t.bytes = k * n * static_cast<std::int64_t>(size_of(type.element));
    if (type.element == tensor::dtype::s8) t.bytes += n * std::int64_t{sizeof(std::int32_t)};
    return p.tensors.push(t);
  }

  /// All of a tensor, over its own axes.
  constexpr view whole(int t) const {
    view v{};
    v.tensor = static_cast<std::int16_t>(t);
    v.rank = p.tensors[t].type.rank;
    for (int i = 0; i < v.rank; ++i) v[i] = stride_of(p.tensors[t], i);
    return v;
  }

  /// A view of shape `from` aligned at the last axes of `to`; stride 0 where it is broadcast.
  static constexpr view broadcast(const view& v, const tensor_type& from, const tensor_type& to) {
    view r = v;
    r.rank = to.rank;
    r.strides = {};
    for (int i = 0; i < from.rank; ++i) {
      const int axis = to.rank - from.rank + i;
      if (from[i] == to[axis]) r[axis] = v[i];
    }
    return r;
  }

  // ---- groups and stages ------------------------------------------------------------------------

  constexpr void begin_group() { p.groups.push({p.items.size, 0}); }
  constexpr void add_item(const item& x) {
    p.items.push(x);
    ++p.groups[p.groups.size - 1].items;
  }
  constexpr void add_stage(const stage& s) { add_item({false, p.stages.push(s), 0}); }
  /// A stage over these axes; operands come first, then the program.
  constexpr stage new_stage(anchor kind,
                            int node,
                            op::kind operation,
                            const tensor_type& axes) const {
    stage s{};
    s.kind = kind;
    s.node = static_cast<std::int16_t>(node);
    s.operation = operation;
    s.rank = s.kept = axes.rank;
    for (int i = 0; i < axes.rank; ++i) s.extents[at(i)] = axes[i];
    s.first_operand = p.views.size;
    return s;
  }
  constexpr void push_operand(stage& s, const view& v) {
    p.views.push(v);
    ++s.operands;
  }
  constexpr void begin_program(stage& s) {
    s.first_load = p.views.size;
    s.first_instruction = p.instructions.size;
    s.first_store = p.stores.size;
  }
  constexpr void push_load(stage& s, const view& v) {
    p.views.push(v);
    ++s.loads;
  }
  constexpr void push_instruction(stage& s, const instruction& x) {
    p.instructions.push(x);
    ++s.instructions;
  }
  constexpr void push_store(stage& s, int reg, const view& v) {
    const auto place_of_view = p.views.push(v);
    p.stores.push({static_cast<std::int8_t>(reg), place_of_view});
    ++s.stores;
  }

  /// A stage that copies one view to another of the same axes.
  constexpr void add_copy(int node, const tensor_type& axes, const view& from, const view& to) {
    stage s = new_stage(anchor::map, node, op::kind{}, axes);
    begin_program(s);
    push_load(s, from);
    push_store(s, 0, to);
    add_stage(s);
  }
};

}  // namespace kiln::plan
