// SPDX-License-Identifier: MIT
// Reciprocal square root of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  1 / sqrt(x); NaN for x < 0
struct rsqrt_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "rsqrt";
  static constexpr double cost = 5;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::rsqrt(x);
  }
};

}  // namespace kiln::op
