// SPDX-License-Identifier: MIT
// Division by a number whose reciprocal is known.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <bit>
#include <cstdint>
#include <limits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// Whether d lies within [2^-100, 2^100), where no step of quotient() underflows or overflows as far
// as it matters: one comparison, as bits of such numbers are neighbours.
KILN_INLINE bool are_tame(pack d) {
  constexpr auto least = std::bit_cast<std::uint32_t>(0x1p-100F);
  constexpr auto end = std::bit_cast<std::uint32_t>(0x1p100F);
  constexpr std::uint32_t sign = 0x80000000U;  // makes unsigned order signed order
  const int_pack from_least = as_int(d) + int_pack(static_cast<std::int32_t>(sign - least));
  return all(from_least < int_pack(static_cast<std::int32_t>(sign + (end - least))));
}

// x kept finite; where it is NaN, NaN or a finite number.
KILN_INLINE pack finite(pack x) {
  constexpr float most = std::numeric_limits<float>::max();
#if KILN_ISA_AVX512
  return pack::wrap(native::bounded(x.raw, pack(most).raw));
#else
  return min_or_second(pack(most), max_or_second(pack(-most), x));
#endif
}

}  // namespace detail

/// x / d, given r = 1 / d correctly rounded: the product x r is off by two units at most, what it
/// leaves of x is exact, and r times that puts it right. A product that overflows is kept finite,
/// so that what is left of x says whether the quotient does, too.
///
/// @cost      four instructions with AVX-512, five with AVX2, and a branch; a division without a
///            fused multiply-add, and for d outside [2^-100, 2^100)
/// @errors    none
/// @accuracy  correctly rounded for |x| >= 2^-102, below within 2^-49; a quotient of zero may have
///            either sign
/// @source    Brisebarre, Muller and Raina 2004, "Accelerating correctly rounded floating-point
///            division when the divisor is known in advance", algorithm 1
KILN_INLINE pack quotient(pack x, pack d, pack r) {
  if constexpr (native::fuses) {
    if (!detail::are_tame(d)) [[unlikely]] {
      return x / d;
    }
    const pack q = detail::finite(x * r);
    return fma(fnma(q, d, x), r, q);
  } else {
    return x / d;
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
