// SPDX-License-Identifier: MIT
// Greatest integer that is not above.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  the greatest integer <= x
struct floor_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "floor";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::floor(x);
  }
};

}  // namespace kiln::op
