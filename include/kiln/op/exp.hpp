// SPDX-License-Identifier: MIT
// Exponential of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  e^x
struct exp_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "exp";
  static constexpr double cost = 15;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::exp(x);
  }
};

}  // namespace kiln::op
