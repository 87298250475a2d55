// SPDX-License-Identifier: MIT
// What the reductions share: the axes that disappear and the shape rule.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <cstdint>

namespace kiln::op {

/// The axes of a reduction, as a bit mask (bit 0: the first axis), and whether they stay as 1.
struct reduction_attributes final {
  std::int32_t axes = 0;
  std::int32_t keep = 0;
  constexpr bool operator==(const reduction_attributes&) const = default;

  [[nodiscard]] constexpr bool has(int axis) const { return ((axes >> axis) & 1) != 0; }
};

/// Base of operators that make one element of all elements along some axes.
///
/// A model adds `name`, `exact` (true: no rounding), `initial<T>()`, `combine(accumulator, x)` and
/// `finish(accumulator, count)`; kernels may combine in any order, partial results included
/// (`merge(accumulator, accumulator)`).
///
/// @shape  x: any; out: x without the reduced axes, or with 1 in their place
/// @errors wrong_axis (no axis, or beyond the rank), wrong_dtype
struct reduction_operation {
  using attributes = reduction_attributes;
  static constexpr category group = category::reduction;
  static constexpr int arity = 1;

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const tensor_type& x = operands[0];
    if (!is_floating(x.element)) return fail(mistake::wrong_dtype, with_element(x), x);
    if (at.axes <= 0 || (at.axes >> x.rank) != 0) {
      tensor_type expected = x;
      expected.rank = tensor::max_rank;
      while (expected.rank > 1 && !at.has(expected.rank - 1)) --expected.rank;
      return fail(mistake::wrong_axis, expected, x);
    }
    tensor_type r{x.element, 0, {}};
    for (int i = 0; i < x.rank; ++i) {
      if (at.has(i) && at.keep == 0) continue;
      if (!at.has(i)) r[r.rank] = x[i];
      ++r.rank;
    }
    return {r};
  }
};

}  // namespace kiln::op
