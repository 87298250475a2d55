// SPDX-License-Identifier: MIT
// Mish: x times the hyperbolic tangent of softplus.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  x * tanh(ln(1 + e^x)) = x * n / (n + 2) with n = e^x * (e^x + 2)
///
/// Beyond 20 the factor is 1 to the last bit; the cap keeps n finite.
struct mish_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "mish";
  static constexpr double cost = 24;
  template <class T>
  static constexpr T apply(const T& x) {
    const T e = core::exp(core::min_or_second(number<T>(20.0), x));
    const T n = e * (e + number<T>(2.0));
    return x * (n / (n + number<T>(2.0)));
  }
};

}  // namespace kiln::op
