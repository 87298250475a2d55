// SPDX-License-Identifier: MIT
// Comparison with broadcasting: 1 where the first is less, else 0.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  a < b ? 1 : 0; a NaN on either side gives 0
struct less_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "less";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& a, const T& b) {
    return core::select(a < b, number<T>(1.0), number<T>(0.0));
  }
};

}  // namespace kiln::op
