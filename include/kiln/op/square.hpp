// SPDX-License-Identifier: MIT
// Square of each element.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x * x
struct square_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "square";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return x * x;
  }
};

}  // namespace kiln::op
