// SPDX-License-Identifier: MIT
// Integer arithmetic that sizes and blocks need everywhere.
#pragma once

#include <concepts>

namespace kiln::core {

/// The least q with q * step >= x, for x >= 0 and step > 0.
template <std::integral T>
constexpr T ceil_div(T x, T step) {
  return (x + step - 1) / step;
}

/// The least multiple of `step` that is not below x, for x >= 0 and step > 0.
template <std::integral T>
constexpr T round_up(T x, T step) {
  return ceil_div(x, step) * step;
}

/// True for 1, 2, 4, ...
template <std::integral T>
constexpr bool is_power_of_two(T x) {
  return x > 0 && (x & (x - 1)) == 0;
}

static_assert(ceil_div(33, 16) == 3 && ceil_div(32, 16) == 2 && ceil_div(0, 16) == 0);
static_assert(round_up(33, 16) == 48 && is_power_of_two(64) && !is_power_of_two(0));

}  // namespace kiln::core
