// SPDX-License-Identifier: MIT
// Power with broadcasting; a scalar exponent is the common case.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  a^b as IEEE 754 pow: pow(x, 0) = 1 even for NaN, NaN for x < 0 and b no integer
struct pow_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "pow";
  static constexpr double cost = 40;
  template <class T>
  static constexpr T apply(const T& a, const T& b) {
    return core::pow(a, b);
  }
};

}  // namespace kiln::op
