// SPDX-License-Identifier: MIT
// Gaussian error linear unit, the approximation by tanh.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x / 2 * (1 + tanh(u)), u = sqrt(2 / pi) * (x + 0.044715 x^3), written as
///        x * sigmoid(2 u): the same function, without the cancellation for x < 0; NaN at -inf
struct gelu_tanh_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "gelu_tanh";
  static constexpr double cost = 24;
  template <class T>
  static constexpr T apply(const T& x) {
    const T slope = number<T>(1.5957691216057308);    // 2 sqrt(2 / pi)
    const T curve = number<T>(0.071354816272600246);  // 0.044715 of that
    return x * core::sigmoid(core::fma(curve * x, x, slope) * x);
  }
};

}  // namespace kiln::op
