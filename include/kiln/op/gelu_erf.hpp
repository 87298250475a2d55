// SPDX-License-Identifier: MIT
// Gaussian error linear unit, exact form.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x * (1 + erf(x / sqrt(2))) / 2
struct gelu_erf_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "gelu_erf";
  static constexpr double cost = 28;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::gelu(x);
  }
};

}  // namespace kiln::op
