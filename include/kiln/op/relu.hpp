// SPDX-License-Identifier: MIT
// Rectified linear unit: max(0, x); NaN stays NaN.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x < 0 ? 0 : x; relu(NaN) = NaN
struct relu_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "relu";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::max_or_second(T(0), x);
  }
};

}  // namespace kiln::op
