// SPDX-License-Identifier: MIT
// Average over a sliding window of each channel.
#pragma once

#include <kiln/op/elementwise.hpp>
#include <kiln/op/pooling.hpp>

#include <string_view>

namespace kiln::op {

/// @math  sum of the window's elements / count; count is the elements inside the image, or with
///        count_include_pad the whole window
struct avg_pool_op final : pooling_operation {
  static constexpr std::string_view name = "avg_pool";
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
  static constexpr T finish(const T& accumulator, const T& count) {
    return accumulator / count;
  }
};

}  // namespace kiln::op
