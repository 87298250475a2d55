// SPDX-License-Identifier: MIT
// The part of a stage that its code depends on.
#pragma once

#include <kiln/codegen/stage_code.hpp>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

constexpr crossing crossing_of(const plan::view& v, int axis) {
  if (axis < 0 || v[axis].factor == 0) return crossing::broadcast;
  return v[axis] == plan::stride{1, 0, {-1, -1}} ? crossing::contiguous : crossing::strided;
}

template <class Plan>
constexpr view_form form_of_view(const Plan& p, const plan::stage& s, const plan::view& v) {
  view_form f{};
  f.element = p.tensors[v.tensor].type.element;
  const int inner = (s.kind == plan::anchor::row ? s.rank : s.kept) - 1;
  f.inner = crossing_of(v, inner);
  f.rows = inner >= 1 && v[inner - 1].factor != 0;
  return f;
}

/// An extent if it is known, else 0.
constexpr int static_extent(const plan::stage& s, int axis) {
  const tensor::dim& d = s.extents[static_cast<std::size_t>(axis)];
  return d.is_static() ? d.factor : 0;
}
/// What one step covers of an axis if it is known and the same in every step, else 0.
template <class Plan>
constexpr int extent_of_step(const Plan& p, const plan::stage& s, int axis) {
  const int whole = static_extent(s, axis);
  for (const auto& x : s.slices) {
    if (x.loop < 0 || x.axis != axis) continue;
    const int step = p.loops[x.loop].step;
    return whole % step == 0 && whole > 0 ? step : 0;
  }
  return whole;
}

/// Whether the first result of a stage is f32 in rows that nothing in the stage reads.
template <class Plan>
constexpr bool may_keep_partials(const Plan& p, const plan::stage& s) {
  if (s.stores == 0 || s.accumulate) return false;
  const plan::view& to = p.views[p.stores[s.first_store].view];
  const view_form f = form_of_view(p, s, to);
  if (f.element != tensor::dtype::f32 || f.inner != crossing::contiguous || !f.rows) return false;
  bool fresh = true;
  for (int i = 0; i < s.operands; ++i) {
    fresh = fresh && p.views[s.first_operand + i].tensor != to.tensor;
  }
  for (int i = 0; i < s.loads; ++i) fresh = fresh && p.views[s.first_load + i].tensor != to.tensor;
  return fresh;
}

/// Tile and tails of a matmul: rows come in blocks of a loop's step and a rest.
template <class Plan>
constexpr void set_product(const Plan& p, const plan::stage& s, stage_form& f) {
  const plan::view& a = p.views[s.first_operand];
  const int batch = s.rank - 3;
  const auto one = plan::stride{1, 0, {-1, -1}};
  const auto form = a[batch + 2] == one ? kernel::gemm::a_form::k_contiguous
                    : a[batch] == one   ? kernel::gemm::a_form::row_contiguous
                                        : kernel::gemm::a_form::strided;
  int rows = static_extent(s, batch), rest = 0;
  for (const auto& x : s.slices) {
    if (x.loop < 0 || x.axis != batch) continue;
    const int step = p.loops[x.loop].step;
    f.ragged = rows == 0;
    rest = rows % step;
    rows = step;
  }
  const tensor::tile block = s.tile.mr > 0 ? s.tile : tensor::default_tile(core::native, rows);
  const int n = extent_of_step(p, s, batch + 1), k = extent_of_step(p, s, batch + 2);
  f.product = kernel::gemm::configure(block, form, rows, k, n);
  const kernel::gemm::config last = kernel::gemm::configure(block, form, rest, k, n);
  f.rest_high = last.rows_high;
  f.rest_low = last.rows_low;
  f.partials = may_keep_partials(p, s);
}

}  // namespace detail

/// The form of stage S of a plan.
template <class Plan, class Graph>
constexpr stage_form form_of(const Plan& p, const Graph& g, int place) {
  const plan::stage& s = p.stages[place];
  stage_form f{};
  f.kind = s.kind;
  f.rank = s.rank;
  f.kept = s.kept;
  f.accumulate = s.accumulate;
  f.operands = s.operands;
  f.loads = s.loads;
  f.instructions = s.instructions;
  f.stores = s.stores;
  std::size_t at = 0;
  for (int i = 0; i < s.operands; ++i) {
    f.views[at++] = detail::form_of_view(p, s, p.views[s.first_operand + i]);
  }
  for (int i = 0; i < s.loads; ++i) {
    f.views[at++] = detail::form_of_view(p, s, p.views[s.first_load + i]);
  }
  for (int i = 0; i < s.stores; ++i) {
    const plan::store& x = p.stores[s.first_store + i];
    f.stored[static_cast<std::size_t>(i)] = x.reg;
    f.views[at++] = detail::form_of_view(p, s, p.views[x.view]);
  }
  for (int i = 0; i < s.instructions; ++i) {
    plan::instruction x = p.instructions[s.first_instruction + i];
    x.node = -1;  // code does not depend on which node it is for
    f.lines[static_cast<std::size_t>(i)] = x;
  }
  if (s.kind == plan::anchor::reduction) {
    f.along = detail::crossing_of(p.views[s.first_operand], s.rank - 1);
  }
  if (s.kind == plan::anchor::matmul) detail::set_product(p, s, f);
  if (s.kind != plan::anchor::map && s.kind != plan::anchor::pack) {
    f.operation = s.operation;
    f.attributes = g[s.node].attributes;
  }
  return f;
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
