// SPDX-License-Identifier: MIT
// The lesser of two tensors, element by element, with broadcasting.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  min(a, b); NaN if either is NaN
struct min_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "min";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& a, const T& b) {
    return core::min(a, b);
  }
};

}  // namespace kiln::op
