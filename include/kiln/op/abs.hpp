// SPDX-License-Identifier: MIT
// Absolute value of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  |x|
struct abs_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "abs";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::abs(x);
  }
};

}  // namespace kiln::op
