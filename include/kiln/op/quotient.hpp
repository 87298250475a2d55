// SPDX-License-Identifier: MIT
// A quotient of which the reciprocal of the divisor is an operand, too.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// What a pass makes of the division in a quantize; nobody writes it. r is 1 / d, rounded to f32.
///
/// @math  x / d, for use by round: where it is nearer to zero than 1/4, it may be another number
///        there
struct quotient_op final : elementwise_operation<3> {
  static constexpr std::string_view name = "quotient";
  static constexpr double cost = 4;
  template <class T>
  static constexpr T apply(const T& x, const T& d, const T& r) {
    if constexpr (requires { quotient(x, d, r); }) {
      return quotient(x, d, r);
    } else {
      return x / d;
    }
  }
};

}  // namespace kiln::op
