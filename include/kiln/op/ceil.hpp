// SPDX-License-Identifier: MIT
// Least integer that is not below.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  the least integer >= x
struct ceil_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "ceil";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::ceil(x);
  }
};

}  // namespace kiln::op
