// SPDX-License-Identifier: MIT
// Refuses what core/config.hpp cannot see: clang has no macros for the parts of -ffast-math.
#pragma once

#include <kiln/core/config.hpp>

#include <limits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// One function for each: equal calls would be merged before the compiler knows which are made. Only
// calls that cannot throw are looked at.
[[gnu::error("kiln: a flag reorders sums; add -fno-fast-math where kiln is included")]] void
sums_are_reordered() noexcept;
[[gnu::error("kiln: a flag replaces divisions; add -fno-fast-math where kiln is included")]] void
divisions_are_replaced() noexcept;
[[gnu::error("kiln: a flag drops NaN; add -fno-fast-math where kiln is included")]] void
nan_is_dropped() noexcept;
[[gnu::error("kiln: a flag drops infinities; add -fno-fast-math where kiln is included")]] void
infinity_is_dropped() noexcept;

/// A number of which the compiler knows nothing.
KILN_INLINE float unknown_number() {
  int bits = 0;
  asm("" : "+r"(bits));
  return __builtin_bit_cast(float, bits);
}
KILN_INLINE bool have_same_bits(float a, float b) {
  return __builtin_bit_cast(int, a) == __builtin_bit_cast(int, b);
}

}  // namespace detail

/// Stops the compiler, where it optimises, if its flags let it change results: without knowing x it
/// then knows that x + 2^23 - 2^23 is x, that x / 3 is x times a reciprocal, or that x is a number
/// and finite. Leaves no instruction behind.
///
/// @cost    none at run time
/// @errors  compile time: the texts above (tests/fast_math); run time: none
KILN_INLINE void require_exact_arithmetic() {
#if defined(__clang__)
  const float x = detail::unknown_number();
  const bool same_sum = detail::have_same_bits(x + 0x1p23F - 0x1p23F, x);
  const bool same_quotient = detail::have_same_bits(x / 3.0F, x * (1.0F / 3));
  const bool nan = x != x;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  if (__builtin_constant_p(same_sum)) detail::sums_are_reordered();
  if (__builtin_constant_p(same_quotient)) detail::divisions_are_replaced();
  if (__builtin_constant_p(nan)) detail::nan_is_dropped();
  if (__builtin_constant_p(x == infinity)) detail::infinity_is_dropped();
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
