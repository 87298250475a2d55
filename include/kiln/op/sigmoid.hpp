// SPDX-License-Identifier: MIT
// Logistic function of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  1 / (1 + e^-x)
struct sigmoid_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "sigmoid";
  static constexpr double cost = 18;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::sigmoid(x);
  }
};

}  // namespace kiln::op
