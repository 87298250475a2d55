// SPDX-License-Identifier: MIT
// Minimum along axes.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/reduction.hpp>

#include <limits>
#include <string_view>

namespace kiln::op {

/// @math  min of x; NaN if any element is NaN
struct reduce_min_op final : reduction_operation {
  static constexpr std::string_view name = "reduce_min";
  static constexpr bool exact = true;
  template <class T>
  static constexpr T initial() {
    return number<T>(std::numeric_limits<double>::infinity());
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return core::min(accumulator, x);
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return core::min(a, b);
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T&) {
    return accumulator;
  }
};

}  // namespace kiln::op
