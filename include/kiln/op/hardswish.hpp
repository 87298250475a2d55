// SPDX-License-Identifier: MIT
// Hard swish: x times a line clipped to 0..1.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x * min(max(x / 6 + 1 / 2, 0), 1)
struct hardswish_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "hardswish";
  static constexpr double cost = 5;
  template <class T>
  static constexpr T apply(const T& x) {
    const T line = core::fma(x, number<T>(1.0 / 6.0), number<T>(0.5));
    return x * core::min_or_second(number<T>(1.0), core::max_or_second(number<T>(0.0), line));
  }
};

}  // namespace kiln::op
