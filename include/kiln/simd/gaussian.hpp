// SPDX-License-Identifier: MIT
// erf, erfc and gelu on packs.
//
// Bounds stand in simd/accuracy.hpp and are tested there.
#pragma once

#include <kiln/simd/exponential.hpp>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// K in Phi(-t) = e^(-t^2 / 2) K(u) / (t + 4), u = (t - 4) / (t + 4): smooth from t = 0 to far
// beyond where Phi vanishes.
KILN_INLINE pack mills(pack u) {
  return horner(u,
                7.552851439e-01F,
                -6.078965664e-01F,
                3.871368468e-01F,
                -1.865234375e-01F,
                6.040390208e-02F,
                -7.525576279e-03F,
                -3.513047704e-03F,
                1.570273656e-03F,
                1.803589839e-04F,
                -1.315013506e-04F);
}

// factor * e^(-s), where s = high + low: the low part keeps the result relatively accurate. 0 where
// -s < limit.
KILN_INLINE pack times_exp_of_minus(pack factor, exact_pack s, float limit) {
  const pack x = -s.high;
  const auto [n, r] = reduce_by_ln2(x);
  return scale_from(limit, x, fma(expm1_rest(r - s.low), factor, factor), n);
}

}  // namespace detail

/// The error function.
///
/// @accuracy  accuracy::erf
/// @errors    none
KILN_INLINE pack erf(pack x) {
  constexpr float turn = 0.89F;
  constexpr float one_from = 4.0F;  // erf is 1 after rounding from here on
  const pack t = min_or_second(pack(one_from), abs(x));
  const pack s = t * t;
  const pack excess = horner(s,
                             1.283791512e-01F,
                             -3.761250377e-01F,
                             1.128192171e-01F,
                             -2.677049115e-02F,
                             4.998953082e-03F,
                             -6.020751898e-04F);
  const pack small = fma(excess, t, t);
  // 1 - erf(t) = e^-p.
  const pack even =
      horner(s, 1.398980967e-04F, 6.367839575e-01F, -2.239933982e-02F, -2.004352282e-04F);
  const pack odd = horner(s, 1.127909184e+00F, 1.042853296e-01F, 3.086920595e-03F);
  const pack p = fma(odd, t, even);
  const auto [power, r] = detail::factor_by_ln2(-p);
  const pack large = fnma(detail::exp_rest(r), power, pack(1.0F));
  return copysign(select(t < pack(turn), small, large), x);
}

/// 1 - erf(x), relatively accurate where it is small.
///
/// @math      2 Phi(-sqrt(2) x)
/// @accuracy  accuracy::erfc
/// @errors    none
KILN_INLINE pack erfc(pack x) {
  constexpr float zero_from = 10.2F;
  constexpr float four = 2.82842712F;  // 4 / sqrt(2)
  constexpr float sqrt2 = 1.41421356F;
  constexpr float sqrt2_excess = -2.43e-8F;
  constexpr float vanishes = -101.4F;
  const pack t = min_or_second(pack(zero_from), abs(x));
  const pack sum = t + pack(four);
  const pack lost = t - (sum - pack(four));
  const pack v = pack(sqrt2) / sum;
  const pack k = detail::mills(fma(pack(-4.0F), v, pack(1.0F)));
  const exact_pack square = multiply_exactly(t, t);
  // v (sum + lost) - sqrt(2): how far off v is, and by how much that changes v k, relatively.
  const pack off = fma(v, lost, pack(sqrt2_excess) - remainder(pack(sqrt2), sum, v));
  const pack slope = horner(v, 0.7071F, 2.7F);
  const exact_pack s{square.high, fma(slope, off, square.low)};
  const pack tail = detail::times_exp_of_minus(v * k, s, vanishes);
  return select(x < pack(0.0F), pack(2.0F) - tail, tail);
}

/// x Phi(x), the Gaussian error linear unit, relatively accurate for x << 0; gelu(-inf) is 0.
///
/// @math      max(x, 0) - |x| Phi(-|x|)
/// @accuracy  accuracy::gelu
/// @errors    none
KILN_INLINE pack gelu(pack x) {
  constexpr float zero_from = 14.4F;
  constexpr float vanishes = -103.06F;
  const pack t = min_or_second(pack(zero_from), abs(x));
  const pack sum = t + pack(4.0F);
  const pack lost = t - (sum - pack(4.0F));
  const pack w = t / sum;
  const pack k = detail::mills(fma(pack(2.0F), w, pack(-1.0F)));
  const exact_pack square = multiply_exactly(t, t);
  // By how much w and k are off, relatively, for what sum has lost: lost / sum (1 + 2 w K' / K).
  const pack slope = horner(w, 0.25F, -0.65F, 0.4F);
  const pack low = fma(slope, lost, pack(0.5F) * square.low);
  const pack tail = detail::times_exp_of_minus(w * k, {pack(0.5F) * square.high, low}, vanishes);
  return max_or_second(pack(0.0F), x) - tail;
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
