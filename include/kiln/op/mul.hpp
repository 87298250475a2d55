// SPDX-License-Identifier: MIT
// Product of two tensors with broadcasting.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  a * b
struct mul_op final : elementwise_operation<2> {
  static constexpr std::string_view name = "mul";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& a, const T& b) {
    return a * b;
  }
};

}  // namespace kiln::op
