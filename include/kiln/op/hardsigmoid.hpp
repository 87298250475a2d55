// SPDX-License-Identifier: MIT
// Hard sigmoid: the line alpha * x + beta clipped to 0..1.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  min(max(alpha * x + beta, 0), 1); NaN stays NaN
struct hardsigmoid_op final : elementwise_operation<3> {
  static constexpr std::string_view name = "hardsigmoid";
  static constexpr double cost = 4;
  template <class T>
  static constexpr T apply(const T& x, const T& alpha, const T& beta) {
    const T line = core::fma(alpha, x, beta);
    return core::min_or_second(number<T>(1.0), core::max_or_second(number<T>(0.0), line));
  }
};

}  // namespace kiln::op
