// SPDX-License-Identifier: MIT
// Maximum over a sliding window of each channel.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>
#include <kiln/op/pooling.hpp>

#include <limits>
#include <string_view>

namespace kiln::op {

/// @math  max of the window's elements; padding is not an element; NaN if any element is NaN
struct max_pool_op final : pooling_operation {
  static constexpr std::string_view name = "max_pool";
  static constexpr bool exact = true;
  template <class T>
  static constexpr T initial() {
    return number<T>(-std::numeric_limits<double>::infinity());
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return core::max(accumulator, x);
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T&) {
    return accumulator;
  }
};

}  // namespace kiln::op
