// SPDX-License-Identifier: MIT
// The register tile of a product stage: what the plan says, or the cheapest for what a step covers.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::plan {

/// The extent of an axis that one step of the loops around covers, 0 where it is known at run time
/// only.
template <std::size_t Capacity>
constexpr int step_extent(const plan<Capacity>& p, const stage& s, int axis) {
  const dim& whole = s.extents[static_cast<std::size_t>(axis)];
  for (const slice& x : s.slices) {
    if (x.loop >= 0 && x.axis == axis) {
      const int step = p.loops[x.loop].step;
      return whole.is_static() ? std::min(step, int{whole.factor}) : step;
    }
  }
  return whole.is_static() ? whole.factor : 0;
}

/// Up to so many rows are added up as their number says: one by itself in another order than among
/// others.
inline constexpr int few_rows = 6;

/// The rows of a product that one step covers, 0 where they are known at run time only and may be
/// many. A loop around a few rows has them for its step: with and without it they are added up
/// alike.
template <std::size_t Capacity>
constexpr int step_rows(const plan<Capacity>& p, const stage& s) {
  const int rows = step_extent(p, s, s.rank - 3);
  if (rows > 0) return rows;
  const std::int64_t bound = bound_of(s.extents[static_cast<std::size_t>(s.rank - 3)], p.symbols);
  return bound <= few_rows ? static_cast<int>(bound) : 0;
}

/// The tile of a matmul stage: axes [batch..., m, n | k], B in panels.
template <std::size_t Capacity>
constexpr tensor::tile product_tile(const plan<Capacity>& p,
                                    const stage& s,
                                    const core::target& machine) {
  if (s.tile.mr > 0) return s.tile;
  const placed_tensor& a = p.tensors[p.views[s.first_operand].tensor];
  const placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
  const int together = b.depth;
  return tensor::product_tile(machine,
                              {a.type.element, b.type.element},
                              step_rows(p, s),
                              step_extent(p, s, s.rank - 2),
                              core::ceil_div(step_extent(p, s, s.rank - 1), together));
}

}  // namespace kiln::plan
