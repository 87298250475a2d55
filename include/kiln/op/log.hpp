// SPDX-License-Identifier: MIT
// Natural logarithm of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  ln x; -inf at 0, NaN for x < 0
struct log_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "log";
  static constexpr double cost = 20;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::log(x);
  }
};

}  // namespace kiln::op
