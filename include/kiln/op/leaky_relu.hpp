// SPDX-License-Identifier: MIT
// Leaky rectified linear unit with slope alpha (a scalar operand).
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x < 0 ? alpha * x : x; NaN stays NaN
struct leaky_relu_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr double cost = 2;
  template <class T>
  static constexpr T apply(const T& x, const T& alpha) {
    return core::select(x < number<T>(0.0), alpha * x, x);
  }
};

}  // namespace kiln::op
