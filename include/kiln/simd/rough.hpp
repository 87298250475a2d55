// SPDX-License-Identifier: MIT
// Functions on packs to about eleven bits, for results that are stored as bf16, f16 or bytes.
//
// Relative errors, bounded in simd/accuracy.hpp and tested there; results below 2^-120 may be 0.
// NaN stays NaN, infinities come out as those of the exact functions of the same names.
#pragma once

#include <kiln/simd/exponential.hpp>
#include <kiln/simd/logarithm.hpp>

namespace kiln::simd {
inline namespace KILN_ISA {
namespace rough {

namespace detail {

inline constexpr float ln2 = 0.693147181F;

#if KILN_ISA_AVX512
// Below, e^x is taken for 0.
inline constexpr float least_exponent = -86.9F;
#else
// The power whose factor is taken for 0, and what rounds to an integer, biased by one less than an
// exponent is.
inline constexpr float least_power = -126.0F;
inline constexpr float power_shift = 0x1.8p23F + 126;

// 2^(n + f) for |f| <= 1/2 and n + power_shift: the polynomial gives twice 2^f, the bits 2^(n - 1).
KILN_INLINE pack power_of_two_of(pack shifted, pack f) {
  const pack twice = horner(f, 1.999856114F, 1.386521935F, 0.4852222502F, 0.1103433371F);
  return twice * as_float(shift_left<23>(as_int(shifted)));
}
#endif

// e^x for x <= 89.
KILN_INLINE pack exp_below_overflow(pack x) {
#if KILN_ISA_AVX512
  using simd::detail::sixteenth_shift;
  const pack shifted = fma(x, pack(simd::detail::log2_e), pack(sixteenth_shift));
  const pack k = shifted - pack(sixteenth_shift);
  const pack r = fnma(k, pack(ln2), x);  // |r| <= ln 2 / 32
  const pack t = simd::detail::sixteenth_of(shifted);
  return scale_from(least_exponent, x, fma(t, r, t), k);
#else
  const pack low = max_or_second(pack(least_power * ln2), x);
  const pack shifted = fma(low, pack(simd::detail::log2_e), pack(power_shift));
  const pack f = fma(low, pack(simd::detail::log2_e), pack(power_shift) - shifted);
  return power_of_two_of(shifted, f);
#endif
}

// 1 / x for x >= 1.
KILN_INLINE pack inverse(pack x) {
#if KILN_ISA_AVX512
  return pack::wrap(native::reciprocal_estimate(x.raw));
#else
  return pack(1.0F) / x;
#endif
}

// log(1 + f) / f for f in [-1/4, 1/2].
KILN_INLINE pack log_over(pack f) {
  return horner(f, 0.9999487400F, -0.4999808073F, 0.3384929001F, -0.2579272091F, 0.1380976290F);
}

// Phi(-t) for t >= 0, as e^-p.
KILN_INLINE pack normal_tail(pack t) {
  constexpr float zero_from = 13.2F;
  const pack inside = min_or_second(pack(zero_from), t);
  const pack p = horner(inside,
                        -6.932746172e-01F,
                        -7.964506745e-01F,
                        -3.207819164e-01F,
                        -3.520825505e-02F,
                        5.140560679e-03F,
                        -5.153429811e-04F,
                        3.295875285e-05F,
                        -1.200000270e-06F,
                        1.882772516e-08F);
  return exp_below_overflow(p);
}

}  // namespace detail

/// e^x.
///
/// @cost      9 instructions with AVX-512, 11 with AVX2
/// @accuracy  accuracy::rough::exp
KILN_INLINE pack exp(pack x) {
  return detail::exp_below_overflow(min_or_second(pack(simd::detail::exp_overflow), x));
}

/// 2^x.
///
/// @accuracy  accuracy::rough::exp2
KILN_INLINE pack exp2(pack x) {
  const pack inside = min_or_second(pack(simd::detail::exp2_overflow), x);
#if KILN_ISA_AVX512
  constexpr float least = -125.4F;
  using simd::detail::sixteenth_shift;
  const pack shifted = inside + pack(sixteenth_shift);
  const pack k = shifted - pack(sixteenth_shift);
  const pack t = simd::detail::sixteenth_of(shifted);
  return scale_from(least, x, fma(t * (inside - k), pack(detail::ln2), t), k);
#else
  const pack low = max_or_second(pack(detail::least_power), inside);
  const pack shifted = low + pack(detail::power_shift);
  return detail::power_of_two_of(shifted, low + (pack(detail::power_shift) - shifted));
#endif
}

/// e^x - 1, relatively accurate near 0 too.
///
/// @accuracy  accuracy::rough::expm1
KILN_INLINE pack expm1(pack x) {
#if KILN_ISA_AVX512
  return simd::expm1(x);  // a series for one part of the lanes only costs as much
#else
  const pack e = rough::exp(x) - pack(1.0F);
  const pack near = fma(horner(x, 0.5F, 0.1674962789F, 0.04161001369F) * x, x, x);
  return select(abs(x) < pack(0.35F), near, e);
#endif
}

/// 1 / (1 + e^-x).
///
/// @accuracy  accuracy::rough::sigmoid
KILN_INLINE pack sigmoid(pack x) {
  constexpr float one_from = 30.0F;
  constexpr float most = 89.0F;  // e^most is infinite
  const pack y = min_or_second(pack(most), max_or_second(pack(-one_from), -x));
  return detail::inverse(pack(1.0F) + detail::exp_below_overflow(y));
}

/// Hyperbolic tangent, relatively accurate near 0.
///
/// @accuracy  accuracy::rough::tanh
KILN_INLINE pack tanh(pack x) {
  constexpr float one_from = 4.8F;
  const pack t = min_or_second(pack(one_from), max_or_second(pack(-one_from), x));
  const pack s = t * t;
  const pack p = horner(s, 0.9999588728F, 0.1030279770F, 6.899107830e-04F);
  const pack q = horner(s, 1.0F, 0.4361003637F, 0.01300902944F);
  return t * p * detail::inverse(q);
}

/// The error function, relatively accurate near 0.
///
/// @accuracy  accuracy::rough::erf
KILN_INLINE pack erf(pack x) {
  constexpr float one_from = 2.9F;
  const pack t = min_or_second(pack(one_from), max_or_second(pack(-one_from), x));
  return t
         * horner(t * t,
                  1.128291488e+00F,
                  -3.749111295e-01F,
                  1.098555252e-01F,
                  -2.390450798e-02F,
                  3.678027773e-03F,
                  -3.715183120e-04F,
                  2.175765258e-05F,
                  -5.540940151e-07F);
}

/// 1 - erf(x), relatively accurate where it is small.
///
/// @math      2 Phi(-sqrt(2) x)
/// @accuracy  accuracy::rough::erfc
KILN_INLINE pack erfc(pack x) {
  constexpr float sqrt2 = 1.41421356F;
  const pack half = detail::normal_tail(abs(x) * pack(sqrt2));
  const pack tail = half + half;
  return select(x < pack(0.0F), pack(2.0F) - tail, tail);
}

/// x Phi(x), the Gaussian error linear unit, relatively accurate for x << 0; gelu(-inf) is 0.
///
/// @math      max(x, 0) - |x| Phi(-|x|)
/// @accuracy  accuracy::rough::gelu
KILN_INLINE pack gelu(pack x) {
  constexpr float zero_from = 13.2F;
  const pack t = min_or_second(pack(zero_from), abs(x));
  return fnma(t, detail::normal_tail(t), max_or_second(pack(0.0F), x));
}

/// Natural logarithm.
///
/// @accuracy  accuracy::rough::log
KILN_INLINE pack log(pack x) {
  const auto [m, e] = split(x);
  const pack f = m - pack(1.0F);
  return fma(e, pack(detail::ln2), f * detail::log_over(f));
}

/// Logarithm to base 2.
///
/// @accuracy  accuracy::rough::log2
KILN_INLINE pack log2(pack x) {
  const auto [m, e] = split(x);
  const pack f = m - pack(1.0F);
  return fma(f * pack(simd::detail::log2_e), detail::log_over(f), e);
}

/// log(1 + x), relatively accurate near 0 too.
///
/// @accuracy  accuracy::rough::log1p
KILN_INLINE pack log1p(pack x) {
  const pack far = rough::log(pack(1.0F) + x);
  const pack near = x * detail::log_over(x);
  return select(abs(x) < pack(0.25F), near, far);
}

/// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
///
/// @accuracy  accuracy::rough::softplus
KILN_INLINE pack softplus(pack x) {
  const pack e = detail::exp_below_overflow(-abs(x));
  const pack p =
      horner(e, 0.9999432564F, -0.4969778061F, 0.3063009083F, -0.1574271619F, 0.04134728387F);
  return fma(e, p, max_or_second(pack(0.0F), x));
}

/// 1 / sqrt(x).
///
/// @accuracy  accuracy::rough::rsqrt
KILN_INLINE pack rsqrt(pack x) {
#if KILN_ISA_AVX512
  return pack::wrap(native::rsqrt_estimate(x.raw));
#else
  return simd::rsqrt(x);
#endif
}

}  // namespace rough
}  // namespace KILN_ISA
}  // namespace kiln::simd
