// SPDX-License-Identifier: MIT
// Integers as the numbers that they stand for.
#pragma once

#include <kiln/op/quantize.hpp>

#include <string_view>

namespace kiln::op {

/// @shape  x: any; scale, zero point: broadcast to x; out: f32[x]
/// @math   (x - zero_point) * scale; the difference is exact for u8 and s8
/// @errors wrong_dtype (x is no integer, or scale no floating type), cannot_broadcast
struct dequantize_op final {
  using attributes = no_attributes;
  static constexpr std::string_view name = "dequantize";
  static constexpr category group = category::elementwise;
  static constexpr int arity = 3;
  static constexpr double cost = 2;

  static constexpr inferred infer(const attributes&, operand_types operands) {
    const tensor_type &x = operands[0], &scale = operands[1];
    if (is_floating(x.element)) {
      return fail(mistake::wrong_dtype, with_element(x, tensor::dtype::u8), x);
    }
    if (!is_floating(scale.element)) return fail(mistake::wrong_dtype, with_element(scale), scale);
    const inferred fits = check_quantization(x, scale);
    return fits.what == mistake::none ? check_quantization(x, operands[2]) : fits;
  }
  template <class T>
  static constexpr T apply(const T& x, const T& scale, const T& zero_point) {
    return (x - zero_point) * scale;
  }
};

}  // namespace kiln::op
