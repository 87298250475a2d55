// SPDX-License-Identifier: MIT
// log, log2, log1p and softplus on packs.
//
// All split x = m 2^e with m in [3/4, 3/2) and take a polynomial of f = m - 1, which is exact.
// Bounds stand in simd/accuracy.hpp and are tested there.
#pragma once

#include <kiln/simd/exponential.hpp>

#include <limits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// log((1 + f) 2^e) for f in [-1/4, 1/2].
KILN_INLINE pack log_of(pack f, pack e) {
  const pack p = horner(f,
                        -0.5F,
                        3.333345354e-01F,
                        -2.500005364e-01F,
                        1.999060512e-01F,
                        -1.664777100e-01F,
                        1.448208690e-01F,
                        -1.316223890e-01F,
                        1.044823006e-01F,
                        -4.490847141e-02F);
  const pack small = fma(e, pack(ln2_low), p * f * f);
  return fma(e, pack(ln2_high), small + f);
}

// log(1 + x) for x in [0, 1].
KILN_INLINE pack log1p_of_unit(pack x) {
  const lane_mask upper = x >= pack(0.5F);
  const pack f = select(upper, fma(x, pack(0.5F), pack(-0.5F)), x);
  return log_of(f, select(upper, pack(1.0F), pack(0.0F)));
}

}  // namespace detail

/// Natural logarithm: -infinity at 0, NaN below, denormals right.
///
/// @accuracy  accuracy::log
/// @errors    none
KILN_INLINE pack log(pack x) {
  const auto [m, e] = split(x);
  return detail::log_of(m - pack(1.0F), e);
}

/// Logarithm to base 2; as log. Exact for powers of two.
///
/// @accuracy  accuracy::log2
/// @errors    none
KILN_INLINE pack log2(pack x) {
  const auto [m, e] = split(x);
  const pack f = m - pack(1.0F);
  const pack p = horner(f,
                        1.442695022e+00F,
                        -7.213475108e-01F,
                        4.809007645e-01F,
                        -3.606748581e-01F,
                        2.883840501e-01F,
                        -2.401482016e-01F,
                        2.091009021e-01F,
                        -1.902785152e-01F,
                        1.506676823e-01F,
                        -6.434492767e-02F);
  return fma(f, p, e);
}

/// log(1 + x), accurate near 0 too; -infinity at -1, NaN below.
///
/// @accuracy  accuracy::log1p
/// @errors    none
KILN_INLINE pack log1p(pack x) {
  const pack e = split(pack(1.0F) + x).exponent;
  // (1 + x) 2^-e - 1, where the rounding of 1 + x plays no part.
  const pack down = scale(pack(1.0F), -e);
  const pack f = fma(x, down, down - pack(1.0F));
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  // Infinity and NaN are their own logarithms.
  const pack inside = select(x < pack(infinity), detail::log_of(f, e), x);
  const pack edge = select(x < pack(-1.0F), pack(nan), pack(-infinity));
  return select(x <= pack(-1.0F), edge, inside);
}

/// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): never overflows.
///
/// @accuracy  accuracy::softplus
/// @errors    none
KILN_INLINE pack softplus(pack x) {
  const pack e = detail::exp_below_overflow(-abs(x));
  return max_or_second(pack(0.0F), x) + detail::log1p_of_unit(e);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
