// SPDX-License-Identifier: MIT
// Hyperbolic tangent.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  (e^x - e^-x) / (e^x + e^-x)
struct tanh_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "tanh";
  static constexpr double cost = 20;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::tanh(x);
  }
};

}  // namespace kiln::op
