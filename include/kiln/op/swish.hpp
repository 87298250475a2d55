// SPDX-License-Identifier: MIT
// Swish with steepness alpha (a scalar operand); alpha = 1 is SiLU.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x * sigmoid(alpha * x); NaN at -inf (-inf * 0)
struct swish_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "swish";
  static constexpr double cost = 20;
  template <class T>
  static constexpr T apply(const T& x, const T& alpha) {
    return x * core::sigmoid(alpha * x);
  }
};

}  // namespace kiln::op
