// SPDX-License-Identifier: MIT
// Rectified linear unit with a slope for each channel (or any broadcast shape).
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x < 0 ? slope * x : x; NaN stays NaN
struct prelu_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "prelu";
  static constexpr double cost = 2;
  template <class T>
  static constexpr T apply(const T& x, const T& slope) {
    return core::select(x < number<T>(0.0), slope * x, x);
  }
};

}  // namespace kiln::op
