// SPDX-License-Identifier: MIT
// Euclidean norm along axes.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/reduction.hpp>

#include <string_view>

namespace kiln::op {

/// @math  sqrt(sum of x^2), not scaled: it overflows where the sum does
struct reduce_l2_op final : reduction_operation {
  static constexpr std::string_view name = "reduce_l2";
  static constexpr bool exact = false;
  template <class T>
  static constexpr T initial() {
    return number<T>(0.0);
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return core::fma(x, x, accumulator);
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a + b;
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T&) {
    return core::sqrt(accumulator);
  }
};

}  // namespace kiln::op
