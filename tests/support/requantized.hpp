// SPDX-License-Identifier: MIT
// Numbers for nets whose results are integers, and what such nets mean as plain loops: nothing here
// depends on the instruction set, the compiler or the standard library.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace kiln::test {

/// Integers, the same with every standard library.
struct integer_source final {
  std::uint32_t state = 1;

  std::uint32_t next() {
    state = state * 1664525U + 1013904223U;
    return state >> 8U;
  }
  int one(int low, int high) {
    return static_cast<int>(next() % static_cast<std::uint32_t>(high - low + 1)) + low;
  }
  template <class T>
  std::vector<T> several(int n, int low, int high) {
    std::vector<T> v(static_cast<std::size_t>(n));
    for (T& e : v) e = static_cast<T>(one(low, high));
    return v;
  }
  /// Multiples of 2^-23 below 1, times a scale.
  std::vector<float> floats(int n, float scale) {
    std::vector<float> v(static_cast<std::size_t>(n));
    for (float& e : v) e = (static_cast<float>(next()) / 8388608.0F - 1.0F) * scale;
    return v;
  }
};

/// FNV-1a of bytes, behind what was hashed before.
inline constexpr std::uint64_t hash_of_nothing = 14695981039346656037U;
template <class T>
std::uint64_t hash(const std::vector<T>& values, std::uint64_t before = hash_of_nothing) {
  static_assert(sizeof(T) == 1);
  for (const T v : values) before = (before ^ static_cast<std::uint8_t>(v)) * 1099511628211U;
  return before;
}

/// Products and sums rounded by themselves: no compiler may fuse them with what follows.
inline float product(float a, float b) {
  const volatile float p = a * b;
  return p;
}
inline float sum(float a, float b) {
  const volatile float s = a + b;
  return s;
}

/// The weights of a product by column. One column in three has 8 bits of everything; in the others
/// sums are small, and in one of these scaled by quarters, so that halves are frequent, in one by
/// sixths, which f32 has not: whether such a half is met depends on each rounding.
struct weight_columns final {
  std::vector<std::int8_t> w;      // [depth, n]
  std::vector<float> scale, bias;  // [n]

  /// Integers count `step_in`, results `step_out`.
  weight_columns(integer_source& source, int depth, int n, float step_in, float step_out)
      : w(static_cast<std::size_t>(depth * n)) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const int most = i % static_cast<std::size_t>(n) % 3 == 0 ? 127 : 1;
      w[i] = static_cast<std::int8_t>(source.one(-most, most));
    }
    for (int c = 0; c < n; ++c) {
      const float any = static_cast<float>(source.one(3 << 20, 1 << 23)) * 0x1p-32F;
      const float steps = c % 3 == 0 ? any : c % 3 == 1 ? 0.25F : 1.0F / 6;
      scale.push_back(product(steps, step_out / step_in));
      bias.push_back(static_cast<float>(source.one(-40, 160)) * 0.5F * step_out);
    }
  }
};

/// Results by hand and by the net: how many differ, and the hash of the net's. What the numbers met
/// that a wrong rounding would show: halves, saturation, results that change where a product is
/// rounded before something is added.
struct requantized_verdict final {
  int wrong = 0;
  std::uint64_t bits = hash_of_nothing;
  int halves = 0;
  int saturated = 0;
  int fused = 0;

  /// True if the results are right, and are those of every other machine.
  [[nodiscard]] bool is_right(std::uint64_t expected) const {
    return wrong == 0 && bits == expected && halves > 0 && saturated > 0 && fused > 0;
  }
  template <class T>
  void compare(const std::vector<T>& found, const std::vector<T>& expected) {
    for (std::size_t i = 0; i < found.size(); ++i) wrong += found[i] != expected[i] ? 1 : 0;
    bits = hash(found, bits);
  }
};

/// A result before it is rounded to an integer: as it is, and as it would be without a fused
/// multiply-add.
struct before_rounding final {
  float once = 0;
  float twice = 0;

  [[nodiscard]] before_rounding times_plus(int x, float scale) const {
    const auto f = static_cast<float>(x);
    return {std::fma(f, scale, once), sum(product(f, scale), twice)};
  }
  [[nodiscard]] before_rounding plus(float x) const { return {sum(once, x), sum(twice, x)}; }
  [[nodiscard]] before_rounding relu() const {
    return {std::max(once, 0.0F), std::max(twice, 0.0F)};
  }
};

/// The integer that stands for a result: rounded, halves to even, shifted and saturated.
template <class T>
T quantized(before_rounding x, int zero, requantized_verdict& met) {
  constexpr float low = std::is_signed_v<T> ? -128 : 0, high = std::is_signed_v<T> ? 127 : 255;
  const float whole = std::nearbyint(x.once);
  const float shifted = whole + static_cast<float>(zero);
  met.halves += std::fabs(x.once - whole) == 0.5F ? 1 : 0;
  met.saturated += shifted < low || shifted > high ? 1 : 0;
  met.fused += whole != std::nearbyint(x.twice) ? 1 : 0;
  return static_cast<T>(std::clamp(shifted, low, high));
}

}  // namespace kiln::test
