// SPDX-License-Identifier: MIT
// Power of two of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  2^x
struct exp2_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "exp2";
  static constexpr double cost = 13;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::exp2(x);
  }
};

}  // namespace kiln::op
