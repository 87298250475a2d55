// SPDX-License-Identifier: MIT
// A multiply-add that is rounded once on every machine: for results whose bits must be the same.
#pragma once

#include <kiln/simd/arithmetic.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

/// a * b + c without a fused multiply-add: the product is exact in f64, the sum is rounded there to
/// the neighbour with an odd last bit (unless it is exact), which makes the second rounding right:
/// 53 bits are at least 24 and 2.
///
/// @source  Boldo and Melquiond 2008, "Emulation of a FMA and correctly rounded sums"
KILN_INLINE constexpr float fused_in_double(float a, float b, float c) {
  const double p = static_cast<double>(a) * static_cast<double>(b);
  const double z{c};
  const double s = p + z;
  const double t = s - p;
  const double rest = (p - (s - t)) + (z - t);  // of the sum, exact; NaN where s is infinite
  auto bits = std::bit_cast<std::uint64_t>(s);
  if ((rest < 0 || rest > 0) && (bits & 1U) == 0) bits += (rest > 0) == (s > 0) ? 1 : ~0ULL;
  return static_cast<float>(std::bit_cast<double>(bits));
}

}  // namespace detail

/// a * b + c, rounded once. What requantisation is made of: an integer must not depend on whether
/// the machine can fuse.
///
/// @cost      one instruction with AVX2, AVX-512 or NEON; some ten a lane with SSE
/// @errors    none
/// @accuracy  correctly rounded
KILN_INLINE pack fused(pack a, pack b, pack c) {
  if constexpr (native::fuses) {
    return fma(a, b, c);
  } else {
    alignas(64) float x[lanes], y[lanes], z[lanes];
    store(x, a);
    store(y, b);
    store(z, c);
    for (std::size_t i = 0; i < lanes; ++i) z[i] = detail::fused_in_double(x[i], y[i], z[i]);
    return load(z);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
