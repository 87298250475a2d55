// SPDX-License-Identifier: MIT
// Tensors side by side along an axis.
#pragma once

#include <kiln/op/row.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @shape  operands: equal but for their extents on the axis; out: their sum on the axis
/// @errors wrong_axis, wrong_rank, wrong_dtype, wrong_size, dynamic_extent (extents on the axis
///         with different symbols), out_of_range
struct concat_op final {
  using attributes = axis_attributes;
  static constexpr std::string_view name = "concat";
  static constexpr category group = category::movement;
  static constexpr int arity = -1;

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    inferred r = check_axis(at.axis, operands[0]);
    for (int i = 1; i < operands.count && r.what == mistake::none; ++i) {
      r = append(at.axis, r.type, operands[i]);
    }
    return r;
  }

 private:
  static constexpr inferred append(std::int32_t axis, tensor_type sum, const tensor_type& next) {
    if (next.rank != sum.rank) return fail(mistake::wrong_rank, sum, next);
    if (next.element != sum.element) return fail(mistake::wrong_dtype, sum, next);
    for (int i = 0; i < sum.rank; ++i) {
      if (i != axis && next[i] != sum[i]) return fail(mistake::wrong_size, sum, next);
    }
    if (next[axis].symbols != sum[axis].symbols) return fail(mistake::dynamic_extent, sum, next);
    const std::int64_t extent = std::int64_t{sum[axis].factor} + next[axis].factor;
    if (extent != static_cast<std::int32_t>(extent)) return fail(mistake::out_of_range, sum, next);
    sum[axis].factor = static_cast<std::int32_t>(extent);
    return {sum};
  }
};

}  // namespace kiln::op
