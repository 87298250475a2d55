// SPDX-License-Identifier: MIT
// Product along axes.
#pragma once

#include <kiln/op/reduction.hpp>

#include <string_view>

namespace kiln::op {

/// @math  product of x
struct reduce_prod_op final : reduction_operation {
  static constexpr std::string_view name = "reduce_prod";
  static constexpr bool exact = false;
  template <class T>
  static constexpr T initial() {
    return number<T>(1.0);
  }
  template <class T>
  static constexpr T combine(const T& accumulator, const T& x) {
    return accumulator * x;
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a * b;
  }
  template <class T>
  static constexpr T finish(const T& accumulator, const T&) {
    return accumulator;
  }
};

}  // namespace kiln::op
