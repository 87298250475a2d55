// SPDX-License-Identifier: MIT
// Reciprocal of each element, correctly rounded.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  1 / x
struct reciprocal_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "reciprocal";
  static constexpr double cost = 4;
  template <class T>
  static constexpr T apply(const T& x) {
    return number<T>(1.0) / x;
  }
};

}  // namespace kiln::op
