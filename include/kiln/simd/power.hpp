// SPDX-License-Identifier: MIT
// x to the power of y on packs, with the special cases of C's pow.
#pragma once

#include <kiln/simd/exponential.hpp>

#include <limits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// a + b without error where |a| >= |b| or a = 0.
KILN_INLINE exact_pack add_exactly(pack a, pack b) {
  const pack high = a + b;
  return {high, b - (high - a)};
}

// f / (f + 2) for f = m - 1, to twice the precision.
KILN_INLINE exact_pack log_argument(pack m) {
  const pack f = m - pack(1.0F);
  const exact_pack sum = add_exactly(pack(1.0F), m);
  const pack s = f / sum.high;
  const exact_pack back = multiply_exactly(s, sum.high);
  return {s, fnma(s, sum.low, (f - back.high) - back.low) / sum.high};
}

// log2(x) for x > 0 to about 31 bits: log2(m) = 2 / ln 2 * (s + s^3 / 3 + s^5 / 5 + ...), |s| <=
// 1/5.
KILN_INLINE exact_pack log2_exactly(pack x) {
  constexpr float factor = 2.885390043258667F;  // 2 / ln 2, and what is left of it
  constexpr float factor_low = 3.851926067e-08F;
  constexpr float third = 0.9617967009544373F;  // a third of that
  constexpr float third_low = -7.028461813e-09F;
  const auto [m, e] = split(x);
  const exact_pack s = log_argument(m);
  const exact_pack square = multiply_exactly(s.high, s.high);
  const pack z = square.high;
  const exact_pack cube = multiply_exactly(z, s.high);
  const pack cube_low = fma(square.low, s.high, fma(pack(3.0F) * z, s.low, cube.low));
  const pack q = horner(z, 5.770785809e-01F, 4.119474590e-01F, 3.370465338e-01F);
  const exact_pack series = add_exactly(pack(third), q * z);
  const exact_pack second = multiply_exactly(cube.high, series.high);
  const pack second_low =
      fma(cube.high, series.low + pack(third_low), fma(cube_low, series.high, second.low));
  const exact_pack first = multiply_exactly(s.high, pack(factor));
  const pack first_low = fma(s.low, pack(factor), fma(s.high, pack(factor_low), first.low));
  const exact_pack log_m = add_exactly(first.high, second.high);
  const exact_pack sum = add_exactly(e, log_m.high);
  const pack low = sum.low + (log_m.low + (first_low + second_low));
  // With 0 and infinity the low parts are NaN, and not needed.
  const lane_mask finite = abs(e) < pack(std::numeric_limits<float>::infinity());
  return add_exactly(sum.high, select(finite, low, pack(0.0F)));
}

// 2^(high + low); beyond +-200, where the result is 0 or infinity, low is not looked at.
KILN_INLINE pack exp2_exactly(pack high, pack low) {
  constexpr float bound = 200.0F;
  const pack rest = select(abs(high) < pack(bound), low, pack(0.0F));
  const pack t = min_or_second(pack(bound), max_or_second(pack(-bound), high));
  const pack n = round_small(t, pack(1.0F));
  return scale(exp2_rest((t - n) + rest), n);
}

}  // namespace detail

/// x^y. As in C: 1 where x is 1 or y is 0, even with NaN; NaN where x < 0 and y is no integer.
///
/// @accuracy  accuracy::pow
/// @cost      about 70 instructions
/// @errors    none
KILN_INLINE pack pow(pack x, pack y) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const exact_pack logarithm = detail::log2_exactly(abs(x));
  // Larger exponents change nothing any more, but their products would leave the range.
  constexpr float most = 0x1p60F;
  const pack power = min_or_second(pack(most), max_or_second(pack(-most), y));
  exact_pack t = multiply_exactly(power, logarithm.high);
  t.low = fma(power, logarithm.low, t.low);
  const pack magnitude = detail::exp2_exactly(t.high, t.low);

  const lane_mask whole = trunc(y) == y;
  const pack half = y * pack(0.5F);
  const lane_mask odd = whole & (trunc(half) != half);
  const lane_mask undefined = (x < pack(0.0F)) & (x > pack(-infinity)) & !whole;
  const pack result = select(undefined, pack(nan), select(odd, copysign(magnitude, x), magnitude));
  return select((x == pack(1.0F)) | (y == pack(0.0F)), pack(1.0F), result);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
