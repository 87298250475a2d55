// SPDX-License-Identifier: MIT
// A line: alpha * x + beta, both scalar operands.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  alpha * x + beta, rounded once, also on machines that cannot fuse
struct linear_op final : elementwise_operation<3> {
  static constexpr std::string_view name = "linear";
  static constexpr double cost = 2;
  template <class T>
  static constexpr T apply(const T& x, const T& alpha, const T& beta) {
    if constexpr (requires { fused(alpha, x, beta); }) {
      return fused(alpha, x, beta);
    } else {
      return core::fma(alpha, x, beta);
    }
  }
};

}  // namespace kiln::op
