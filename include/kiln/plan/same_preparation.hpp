// SPDX-License-Identifier: MIT
// Whether two plans of one net can share packed weights.
#pragma once

#include <kiln/plan/plan.hpp>

namespace kiln::plan {

namespace detail {

template <class Plan>
struct preparation_comparer final {
  const Plan& a;
  const Plan& b;

  constexpr bool same_view(int in_a, int in_b) const {
    const view& x = a.views[in_a];
    const view& y = b.views[in_b];
    if (x.rank != y.rank || x.start != y.start || x.start_rows != y.start_rows) return false;
    for (int i = 0; i < x.rank; ++i) {
      if (x[i] != y[i]) return false;
    }
    return same_place(a.tensors[x.tensor], b.tensors[y.tensor]);
  }
  static constexpr bool same_place(const placed_tensor& x, const placed_tensor& y) {
    return x.at == y.at && x.form == y.form && x.slot == y.slot && x.node == y.node
           && x.row_stride == y.row_stride && x.offset == y.offset && x.bytes == y.bytes
           && x.type == y.type;
  }
  constexpr bool same_stage(const stage& x, const stage& y) const {
    bool same = x.kind == y.kind && x.operation == y.operation && x.node == y.node
                && x.rank == y.rank && x.kept == y.kept && x.operands == y.operands
                && x.loads == y.loads && x.stores == y.stores && x.instructions == y.instructions
                && (x.kind != anchor::pack || x.tile == y.tile);
    // A pack has its product's axes and looks at the last two, columns and k.
    for (int i = x.kind == anchor::pack ? x.rank - 2 : 0; same && i < x.rank; ++i) {
      same = x.extents[static_cast<std::size_t>(i)] == y.extents[static_cast<std::size_t>(i)];
    }
    for (int i = 0; same && i < x.operands; ++i) {
      same = same_view(x.first_operand + i, y.first_operand + i);
    }
    for (int i = 0; same && i < x.loads; ++i) {
      same = same_view(x.first_load + i, y.first_load + i);
    }
    for (int i = 0; same && i < x.stores; ++i) {
      const store& u = a.stores[x.first_store + i];
      const store& v = b.stores[y.first_store + i];
      same = u.reg == v.reg && same_view(u.view, v.view);
    }
    for (int i = 0; same && i < x.instructions; ++i) {
      const instruction& u = a.instructions[x.first_instruction + i];
      const instruction& v = b.instructions[y.first_instruction + i];
      same = u.kind == v.kind && u.count == v.count && u.detail == v.detail && u.node == v.node
             && u.registers == v.registers;
    }
    return same;
  }
  constexpr bool same_group(const group& x, const group& y) const {
    bool same = x.items == y.items;
    for (int i = 0; same && i < x.items; ++i) {
      const item& u = a.items[x.first + i];
      const item& v = b.items[y.first + i];
      same = u.is_loop == v.is_loop && u.body == v.body
             && (u.is_loop || same_stage(a.stages[u.index], b.stages[v.index]));
    }
    return same;
  }
};

/// The place of the k-th packed tensor, counted from *t on; false: there is none.
template <class Plan>
constexpr bool next_packed(const Plan& p, int& t) {
  while (t < p.tensors.size && p.tensors[t].at != place::packed) ++t;
  return t < p.tensors.size;
}

}  // namespace detail

/// True if both plans write the same packed memory at bind: equal prepare programs, equal packed
/// tensors in equal places.
///
/// @cost  linear in the stages of prepare, and in tensors
template <class Plan>
constexpr bool same_preparation(const Plan& a, const Plan& b) {
  if (a.prepare_groups != b.prepare_groups || a.packed_bytes != b.packed_bytes) return false;
  const detail::preparation_comparer<Plan> compare{a, b};
  for (int g = 0; g < a.prepare_groups; ++g) {
    if (!compare.same_group(a.groups[g], b.groups[g])) return false;
  }
  int s = 0, t = 0;
  for (; detail::next_packed(a, s); ++s, ++t) {
    if (!detail::next_packed(b, t) || !compare.same_place(a.tensors[s], b.tensors[t])) return false;
  }
  return !detail::next_packed(b, t);
}

}  // namespace kiln::plan
