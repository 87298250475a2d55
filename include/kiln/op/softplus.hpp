// SPDX-License-Identifier: MIT
// Softplus: a smooth relu.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), which never overflows
struct softplus_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "softplus";
  static constexpr double cost = 36;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::softplus(x);
  }
};

}  // namespace kiln::op
