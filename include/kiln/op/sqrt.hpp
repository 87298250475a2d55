// SPDX-License-Identifier: MIT
// Square root of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  sqrt(x); NaN for x < 0
struct sqrt_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "sqrt";
  static constexpr double cost = 4;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::sqrt(x);
  }
};

}  // namespace kiln::op
