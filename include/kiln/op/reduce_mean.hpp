// SPDX-License-Identifier: MIT
// Mean along axes.
#pragma once

#include <kiln/op/reduction.hpp>

#include <string_view>

namespace kiln::op {

/// @math  sum of x / count
struct reduce_mean_op final : reduction_operation {
  static constexpr std::string_view name = "reduce_mean";
  static constexpr bool exact = false;
  template <class T>
  static constexpr T initial() {
    return number<T>(0.0);
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return accumulator + x;
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a + b;
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T& count) {
    return accumulator / count;
  }
};

}  // namespace kiln::op
