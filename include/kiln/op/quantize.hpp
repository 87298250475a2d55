// SPDX-License-Identifier: MIT
// Numbers as multiples of a scale, counted from a zero point: what quantize and dequantize share.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// Refuses a scale or zero point that has an element for what x has no place for.
///
/// @shape  parameter: broadcast to x, which it must not enlarge
/// @errors cannot_broadcast
constexpr inferred check_quantization(const tensor_type& x, const tensor_type& parameter) {
  tensor_type wide = with_element(x);
  const inferred both = broadcast(wide, with_element(parameter));
  if (both.what != mistake::none || both.type != wide) {
    return fail(mistake::cannot_broadcast, x, parameter);
  }
  return {wide};
}

/// The quantised value as a float, not yet saturated: a cast to u8 or s8 does that. The operations
/// are those of ONNX QuantizeLinear, one by one: the quotient is rounded to f32, then to a whole
/// number, halves to even, then the zero point is added. So the bits are the same everywhere.
///
/// @shape  x: any; scale, zero point: broadcast to x; out: f32[x]
/// @math   round(x / scale) + zero_point
/// @errors wrong_dtype (x or scale is no floating type), cannot_broadcast
struct quantize_op final {
  using attributes = no_attributes;
  static constexpr std::string_view name = "quantize";
  static constexpr category group = category::elementwise;
  static constexpr int arity = 3;
  static constexpr double cost = 6;

  static constexpr inferred infer(const attributes&, operand_types operands) {
    for (const int i : {0, 1}) {
      if (!is_floating(operands[i].element)) {
        return fail(mistake::wrong_dtype, with_element(operands[i]), operands[i]);
      }
    }
    const inferred scale = check_quantization(operands[0], operands[1]);
    return scale.what == mistake::none ? check_quantization(operands[0], operands[2]) : scale;
  }
  template <class T>
  static constexpr T apply(const T& x, const T& scale, const T& zero_point) {
    return core::round(x / scale) + zero_point;
  }
};

}  // namespace kiln::op
