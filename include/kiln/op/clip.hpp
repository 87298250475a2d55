// SPDX-License-Identifier: MIT
// Limits each element to lo..hi (scalar operands).
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  min(max(x, lo), hi); NaN stays NaN, a limit that is NaN is none
struct clip_op final : elementwise_operation<3> {
  static constexpr std::string_view name = "clip";
  static constexpr double cost = 2;
  template <class T>
  static constexpr T apply(const T& x, const T& lo, const T& hi) {
    return core::min_or_second(hi, core::max_or_second(lo, x));
  }
};

}  // namespace kiln::op
