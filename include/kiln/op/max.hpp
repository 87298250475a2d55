// SPDX-License-Identifier: MIT
// The greater of two tensors, element by element, with broadcasting.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  max(a, b); NaN if either is NaN
struct max_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "max";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& a, const T& b) {
    return core::max(a, b);
  }
};

}  // namespace kiln::op
