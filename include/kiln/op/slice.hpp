// SPDX-License-Identifier: MIT
// Every step-th element from begin to before end along an axis.
#pragma once

#include <kiln/op/row.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @shape  x: any, static on the axis; out: ceil((end - begin) / step) on the axis
/// @errors wrong_axis, dynamic_extent, wrong_stride (step below 1), out_of_range (0 <= begin < end
///         <= extent does not hold)
struct slice_op final {
  struct attributes final {
    std::int32_t axis = 0;
    std::int32_t begin = 0;
    std::int32_t end = 0;
    std::int32_t step = 1;
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "slice";
  static constexpr category group = category::movement;
  static constexpr int arity = 1;

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    inferred r = check_axis(at.axis, operands[0]);
    if (r.what != mistake::none) return r;
    dim& extent = r.type[at.axis];
    if (!extent.is_static()) return fail(mistake::dynamic_extent, operands[0], operands[0]);
    if (at.step < 1) return fail(mistake::wrong_stride, operands[0], operands[0]);
    if (at.begin < 0 || at.begin >= at.end || at.end > extent.factor) {
      tensor_type expected = operands[0];
      expected[at.axis].factor = at.end;
      return fail(mistake::out_of_range, expected, operands[0]);
    }
    extent.factor = (at.end - at.begin - 1) / at.step + 1;
    return r;
  }
};

}  // namespace kiln::op
