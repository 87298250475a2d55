// SPDX-License-Identifier: MIT
// Error function of each element.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  2 / sqrt(pi) * integral of e^(-t^2) from 0 to x
struct erf_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "erf";
  static constexpr double cost = 25;
  template <class T>
  static constexpr T apply(const T& x) {
    return core::erf(x);
  }
};

}  // namespace kiln::op
