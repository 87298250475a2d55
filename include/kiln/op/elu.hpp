// SPDX-License-Identifier: MIT
// Exponential linear unit with scale alpha (a scalar operand).
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x < 0 ? alpha * (e^x - 1) : x; NaN stays NaN
struct elu_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "elu";
  static constexpr double cost = 18;
  template <class T>
  static constexpr T apply(const T& x, const T& alpha) {
    return core::select(x < number<T>(0.0), alpha * core::expm1(x), x);
  }
};

}  // namespace kiln::op
