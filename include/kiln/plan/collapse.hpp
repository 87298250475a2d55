// SPDX-License-Identifier: MIT
// plan -> plan: joins neighbouring axes of a stage that all its views cross with one stride.
#pragma once

#include <kiln/plan/plan.hpp>

#include <string_view>

namespace kiln::plan {

namespace detail {

inline constexpr dim one{};

constexpr bool crosses(const view& v, int axis, const dim& inner) {
  return v[axis] == v[axis + 1] * inner || (v[axis].factor == 0 && v[axis + 1].factor == 0);
}

constexpr void drop_axis(view& v, int axis) {
  for (int i = axis; i + 1 < v.rank; ++i) v[i] = v[i + 1];
  v[--v.rank] = stride{};
}

/// Calls f on every view of a stage that has the stage's own axes.
template <class Plan, class F>
constexpr void for_each_view(Plan& p, const stage& s, F f) {
  if (s.kind != anchor::convolution && s.kind != anchor::pooling) {
    for (int i = 0; i < s.operands; ++i) f(p.views[s.first_operand + i]);
  }
  for (int i = 0; i < s.loads; ++i) f(p.views[s.first_load + i]);
  for (int i = 0; i < s.stores; ++i) f(p.views[p.stores[s.first_store + i].view]);
}

}  // namespace detail

/// Makes the axes of a stage as few as its views allow: rows become one axis, but the last one
/// stays by itself, so that loops over row blocks find the rows. Stages in loops and microkernels
/// that treat each axis in its own way (convolutions) stay as they are.
///
/// @law  the elements that a stage reads and writes, and their order, do not change
template <class Plan>
constexpr void collapse_stage(Plan& p, stage& s) {
  if (s.kind == anchor::convolution || s.kind == anchor::pooling || s.kind == anchor::pack) return;
  if (s.slices[0].loop >= 0) return;
  const int columns = s.kind == anchor::map || s.kind == anchor::matmul ? 1 : 0;
  for (int axis = s.kept - columns - 2; axis >= 0; --axis) {
    dim& outer = s.extents[static_cast<std::size_t>(axis)];
    const dim inner = s.extents[static_cast<std::size_t>(axis + 1)];
    bool joins = (outer * inner).factor > 0;
    if (outer != detail::one && inner != detail::one) {
      detail::for_each_view(
          p, s, [&](const view& v) { joins = joins && detail::crosses(v, axis, inner); });
    }
    if (!joins) continue;
    const int dropped = inner == detail::one ? axis + 1 : axis;
    detail::for_each_view(p, s, [&](view& v) { detail::drop_axis(v, dropped); });
    outer = outer * inner;
    for (int i = axis + 1; i + 1 < s.rank; ++i) {
      s.extents[static_cast<std::size_t>(i)] = s.extents[static_cast<std::size_t>(i + 1)];
    }
    s.extents[static_cast<std::size_t>(--s.rank)] = dim{};
    --s.kept;
  }
}

/// Collapses every stage.
///
/// @law  interpret_plan(collapse(p)) == interpret_plan(p); idempotent
struct collapse_fn final {
  static constexpr std::string_view name = "collapse";
  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(plan<Capacity> p) const {
    for (int i = 0; i < p.stages.size; ++i) collapse_stage(p, p.stages[i]);
    return p;
  }
};
inline constexpr collapse_fn collapse{};

}  // namespace kiln::plan
