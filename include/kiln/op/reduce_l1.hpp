// SPDX-License-Identifier: MIT
// Sum of absolute values along axes.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/reduction.hpp>

#include <string_view>

namespace kiln::op {

/// @math  sum of |x|
struct reduce_l1_op final : reduction_operation {
  static constexpr std::string_view name = "reduce_l1";
  static constexpr bool exact = false;
  template <class T>
  static constexpr T initial() {
    return number<T>(0.0);
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return accumulator + core::abs(x);
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a + b;
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T&) {
    return accumulator;
  }
};

}  // namespace kiln::op
