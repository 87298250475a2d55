// SPDX-License-Identifier: MIT
// One lane of a pack as a value of constant expressions, and what memory makes of it.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/simd/fused.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace kiln::simd {
inline namespace KILN_ISA {

/// A float that the compiler computes with as packs do when the program runs: same operators, same
/// functions (those that need no series), same roundings. What is NaN, overflows, goes through
/// infinity or divides by zero is no constant expression.
///
/// @law  lane i of f(packs...) == f(constants of lane i...), but for rsqrt, which estimates of
///       AVX-512 put off by a unit
struct constant final {
  float value = 0;

  constexpr constant() = default;
  constexpr explicit constant(float x)
      : value(x) {}

  friend constexpr constant operator+(constant a, constant b) {
    return constant(a.value + b.value);
  }
  friend constexpr constant operator-(constant a, constant b) {
    return constant(a.value - b.value);
  }
  friend constexpr constant operator*(constant a, constant b) {
    return constant(a.value * b.value);
  }
  friend constexpr constant operator/(constant a, constant b) {
    return constant(a.value / b.value);
  }
  friend constexpr constant operator-(constant x) { return constant(-x.value); }
  friend constexpr bool operator<(constant a, constant b) { return a.value < b.value; }
  friend constexpr bool operator<=(constant a, constant b) { return a.value <= b.value; }
  friend constexpr bool operator>(constant a, constant b) { return a.value > b.value; }
  friend constexpr bool operator>=(constant a, constant b) { return a.value >= b.value; }
  friend constexpr bool operator==(constant a, constant b) { return a.value == b.value; }
  friend constexpr bool operator!=(constant a, constant b) { return a.value != b.value; }
};

namespace detail {

// The magnitude of a with the sign of b. Bits are read without std::bit_cast, whose call clang
// counts as steps.
constexpr float with_sign(float a, float b) {
  const std::uint32_t sign = __builtin_bit_cast(std::uint32_t, b) & 0x80000000U;
  return __builtin_bit_cast(float, (__builtin_bit_cast(std::uint32_t, a) & 0x7fffffffU) | sign);
}

// Newton's iteration in f64 from an estimate of five bits: within a unit of f64 after four steps.
// A root of a float is farther than that from every middle of two floats.
constexpr double root_of(double x) {
  double y =
      __builtin_bit_cast(double, (__builtin_bit_cast(std::uint64_t, x) + 0x3ff0000000000000U) >> 1);
  for (int i = 0; i < 5; ++i) y = 0.5 * (y + x / y);
  return y;
}

}  // namespace detail

/// As their namesakes for packs.
constexpr constant abs(constant x) { return constant(detail::with_sign(x.value, 0.0F)); }
constexpr constant copysign(constant a, constant b) {
  return constant(detail::with_sign(a.value, b.value));
}
constexpr constant max_or_second(constant a, constant b) { return a.value > b.value ? a : b; }
constexpr constant min_or_second(constant a, constant b) { return a.value < b.value ? a : b; }
constexpr constant max(constant a, constant b) {
  return a.value != a.value || a.value > b.value ? a : b;
}
constexpr constant min(constant a, constant b) {
  return a.value != a.value || a.value < b.value ? a : b;
}
constexpr constant select(bool condition, constant a, constant b) { return condition ? a : b; }

/// To the nearest integer, ties to even: there are no fractions from 2^23 on.
constexpr constant round(constant x) {
  const float magnitude = x.value < 0 ? -x.value : x.value;
  if (!(magnitude < 0x1p23F)) return x;
  return constant(detail::with_sign((magnitude + 0x1p23F) - 0x1p23F, x.value));
}
constexpr constant floor(constant x) {
  const float nearest = round(x).value;
  return constant(detail::with_sign(nearest > x.value ? nearest - 1.0F : nearest, x.value));
}
constexpr constant ceil(constant x) {
  const float nearest = round(x).value;
  return constant(detail::with_sign(nearest < x.value ? nearest + 1.0F : nearest, x.value));
}
constexpr constant reciprocal(constant x) { return constant(1.0F) / x; }

/// Correctly rounded. What is negative has no root that is a constant.
constexpr constant sqrt(constant x) {
  if (x.value == 0 || x.value > std::numeric_limits<float>::max()) return x;
  const double root = x.value > 0 ? detail::root_of(static_cast<double>(x.value)) : 0.0 / x.value;
  return constant(static_cast<float>(root));
}
/// Rounded twice, as packs without an estimate do.
///
/// @accuracy  accuracy::rsqrt
constexpr constant rsqrt(constant x) { return constant(1.0F) / sqrt(x); }

/// Rounded once.
constexpr constant fused(constant a, constant b, constant c) {
  return constant(detail::fused_in_double(a.value, b.value, c.value));
}
/// Rounded once where packs of this machine do so, else twice.
constexpr constant fma(constant a, constant b, constant c) {
  return native::fuses ? fused(a, b, c) : a * b + c;
}

/// What load_as gives of an element.
template <storage_element Element>
constexpr float loaded(Element x) {
  if constexpr (std::is_same_v<Element, core::bf16> || std::is_same_v<Element, core::f16>) {
    return core::to_float(x);
  } else {
    return static_cast<float>(x);
  }
}

/// What store_as makes of a float.
template <storage_element Element>
constexpr Element stored(float x) {
  if constexpr (std::is_same_v<Element, float>) {
    return x;
  } else if constexpr (std::is_same_v<Element, core::bf16>) {
    return core::to_bf16(x);
  } else if constexpr (std::is_same_v<Element, core::f16>) {
    return core::to_f16(x);
  } else {
    using limits = std::numeric_limits<Element>;
    if (x != x) return 0;
    // The greatest s32 rounds up to 2^31 as a float.
    if (x >= static_cast<float>(limits::max())) return limits::max();
    if (x <= static_cast<float>(limits::min())) return limits::min();
    return static_cast<Element>(round(constant(x)).value);
  }
}

static_assert(round(constant(2.5F)) == constant(2.0F) && floor(constant(-0.5F)).value == -1.0F);
static_assert(sqrt(constant(2.0F)).value == 0x1.6a09e6p0F);
static_assert(stored<std::int8_t>(-128.5F) == -128 && stored<std::uint8_t>(1.5F) == 2);

}  // namespace KILN_ISA
}  // namespace kiln::simd
