// SPDX-License-Identifier: MIT
// Compares functions on packs with functions on doubles over all exponents.
#pragma once

#include <kiln/simd/arithmetic.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace kiln::test {

/// One unit of the last place of the float nearest to x; at least the least denormal.
inline double unit_in_last_place(double x) {
  constexpr int least_exponent = -149;
  constexpr int greatest_exponent = 104;
  int exponent = 0;
  std::frexp(x, &exponent);  // x = 0.1... 2^exponent, and a float has 24 bits
  exponent = std::min(exponent - 24, greatest_exponent);
  return std::ldexp(1.0, x == 0 ? least_exponent : std::max(exponent, least_exponent));
}

/// How far off a float is, in units of the last place; infinite where NaN or infinity is wrong.
inline double units_off(float actual, double exact) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(exact) || std::isnan(actual)) {
    return std::isnan(exact) && std::isnan(actual) ? 0 : wrong;
  }
  const auto rounded = static_cast<float>(exact);
  if (std::isinf(rounded) || std::isinf(actual)) return rounded == actual ? 0 : wrong;
  return std::fabs(static_cast<double>(actual) - exact) / unit_in_last_place(exact);
}

/// How far off a float is, relatively, beyond an absolute error of `least`; infinite where NaN or
/// infinity is wrong. Next to the greatest float, infinity is not.
inline double relatively_off(float actual, double exact, double least) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  constexpr double great = 0.99 * std::numeric_limits<float>::max();
  if (std::isnan(exact) || std::isnan(actual)) {
    return std::isnan(exact) && std::isnan(actual) ? 0 : wrong;
  }
  const auto rounded = static_cast<float>(exact);
  if (std::isinf(rounded) || std::isinf(actual)) {
    const bool close = std::fabs(exact) > great && std::fabs(actual) > static_cast<float>(great);
    return rounded == actual || (close && (exact > 0) == (actual > 0)) ? 0 : wrong;
  }
  const double off = std::fabs(static_cast<double>(actual) - exact) - least;
  return off > 0 ? off / std::fabs(exact) : 0;
}

/// The first lane.
inline float lane(simd::pack x) { return simd::to_array(x)[0]; }

/// The greatest error of a sweep, and where.
struct sweep_result final {
  double worst = 0;
  float at = 0;
};

/// Floats of every sign and exponent: infinities, NaN and other special ones first, then every
/// `stride`-th. Calls check(x) with packs' worth of them.
///
/// @pre  stride is odd, so that all bits of the fraction vary
template <class Check>
void each_float(std::uint32_t stride, Check check) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const float special : {0.0F,
                              -0.0F,
                              1.0F,
                              -1.0F,
                              infinity,
                              -infinity,
                              std::numeric_limits<float>::quiet_NaN(),
                              0x1p-149F,
                              -0x1p-149F,
                              0x1p-126F,
                              -0x1p-126F,
                              std::numeric_limits<float>::max(),
                              std::numeric_limits<float>::lowest()}) {
    std::array<float, simd::lanes> x{};
    x.fill(special);
    check(x);
  }
  std::uint64_t bits = 0;
  while (bits < std::uint64_t{1} << 32) {
    std::array<float, simd::lanes> x{};
    for (float& value : x) {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      bits += stride;
    }
    check(x);
  }
}

/// Runs `function` (pack to pack) on those floats and compares each lane with `exact` (double to
/// double) by `measure`.
template <class Function, class Exact, class Measure = decltype(&units_off)>
sweep_result sweep(Function function,
                   Exact exact,
                   std::uint32_t stride = 16381,
                   Measure measure = units_off) {
  sweep_result result;
  each_float(stride, [&](const std::array<float, simd::lanes>& x) {
    const auto y = simd::to_array(function(simd::from_array(x)));
    for (std::size_t i = 0; i < simd::lanes; ++i) {
      const double off = measure(y[i], exact(static_cast<double>(x[i])));
      if (!(off <= result.worst)) result = {off, x[i]};
    }
  });
  return result;
}

/// The same on `count` equidistant points of an interval.
template <class Function, class Exact, class Measure = decltype(&units_off)>
sweep_result sweep_interval(
    Function function, Exact exact, float low, float high, int count, Measure measure = units_off) {
  sweep_result result;
  const double step = (static_cast<double>(high) - static_cast<double>(low)) / count;
  for (int i = 0; i <= count; ++i) {
    const auto x = static_cast<float>(static_cast<double>(low) + step * i);
    const double off = measure(lane(function(simd::pack(x))), exact(static_cast<double>(x)));
    if (!(off <= result.worst)) result = {off, x};
  }
  return result;
}

}  // namespace kiln::test
