// SPDX-License-Identifier: MIT
// Nearest integer, halves to even.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  the integer nearest to x; 0.5 -> 0, 1.5 -> 2
struct round_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "round";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::round(x);
  }
};

}  // namespace kiln::op
