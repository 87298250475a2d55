// SPDX-License-Identifier: MIT
// Choice between two tensors by a third, with broadcasting.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  condition != 0 ? a : b; a NaN condition chooses a, as in NumPy
struct select_op final : elementwise_operation<3> {
  static constexpr std::string_view name = "select";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& condition, const T& a, const T& b) {
    return core::select(condition != number<T>(0.0), a, b);
  }
};

}  // namespace kiln::op
