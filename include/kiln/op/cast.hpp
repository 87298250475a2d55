// SPDX-License-Identifier: MIT
// Conversion to another element type.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @math   the nearest value of the new type, halves to even; integers saturate and take NaN as 0
/// @errors wrong_dtype (no such element type)
struct cast_op final {
  struct attributes final {
    std::int32_t element = 0;  // a tensor::dtype
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "cast";
  static constexpr category group = category::elementwise;
  static constexpr int arity = 1;
  static constexpr double cost = 1;

  /// The attributes of a conversion to `element`.
  static constexpr attributes to(tensor::dtype element) {
    return {static_cast<std::int32_t>(element)};
  }

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    if (at.element < 0 || at.element > static_cast<std::int32_t>(tensor::dtype::u8)) {
      return fail(mistake::wrong_dtype, with_element(operands[0]), operands[0]);
    }
    return {with_element(operands[0], static_cast<tensor::dtype>(at.element))};
  }

  /// The value stays; storing it into the new type rounds.
  template <class T>
  static constexpr T apply(const T& x) {
    return x;
  }
};

}  // namespace kiln::op
