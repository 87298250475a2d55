// SPDX-License-Identifier: MIT
// exp, exp2, expm1, sigmoid and tanh on packs.
//
// All reduce x = n ln 2 + r with |r| <= ln 2 / 2 and take a polynomial of e^r, fitted for the least
// greatest relative error. Bounds stand in simd/accuracy.hpp and are tested there.
#pragma once

#include <kiln/simd/exponent.hpp>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// ln 2 in two parts; the first has 16 bits, so that its product with an exponent is exact.
inline constexpr float ln2_high = 0x1.62e4p-1F;
inline constexpr float ln2_low = 1.428606765330187e-06F;
inline constexpr float log2_e = 1.44269504F;
// Where e^x is 0 or infinity after rounding.
inline constexpr float exp_underflow = -104.0F;
inline constexpr float exp_overflow = 89.0F;

// x rounded to an integer, for |x| < 2^22: two cheap instructions instead of one dear one.
KILN_INLINE pack round_small(pack x, pack factor) {
  constexpr float shift = 0x1.8p23F;
  return fma(x, factor, pack(shift)) - pack(shift);
}

struct reduced final {
  pack power, rest;
};
KILN_INLINE reduced reduce_by_ln2(pack x) {
  const pack n = round_small(x, pack(log2_e));
  return {n, fnma(n, pack(ln2_low), fnma(n, pack(ln2_high), x))};
}

// e^r - 1 for |r| <= ln 2 / 2. The tail is summed in two chains: one would be so long that fewer
// packs are in flight than the arithmetic units could take.
KILN_INLINE pack expm1_rest(pack r) {
  const pack r2 = r * r;
  const pack low = horner(r, 4.999999404e-01F, 1.666651666e-01F);
  const pack odd = horner(r, 4.166810587e-02F, 8.369090036e-03F);
  const pack high = fma(pack(1.383508090e-03F), r2, odd);
  return fma(fma(high, r2, low), r2, r);
}

// e^r for |r| <= ln 2 / 2.
KILN_INLINE pack exp_rest(pack r) { return expm1_rest(r) + pack(1.0F); }

// 2^r for |r| <= 1/2.
KILN_INLINE pack exp2_rest(pack r) {
  return horner(r,
                1.0F,
                6.931471825e-01F,
                2.402259409e-01F,
                5.550366268e-02F,
                9.625453502e-03F,
                1.338774106e-03F,
                1.332246902e-04F);
}

// e^x for x <= 0 only, where nothing overflows.
KILN_INLINE pack exp_of_negative(pack x) {
  const auto [n, r] = reduce_by_ln2(max_or_second(pack(exp_underflow), x));
  return scale(exp_rest(r), n);
}

}  // namespace detail

/// e^x. Overflows to infinity where e^x does, underflows gradually; NaN stays NaN.
///
/// @accuracy  accuracy::exp
/// @cost      14 instructions with AVX-512
/// @errors    none
KILN_INLINE pack exp(pack x) {
  using namespace detail;
  const pack low = max_or_second(pack(exp_underflow), x);
  const auto [n, r] = reduce_by_ln2(min_or_second(pack(exp_overflow), low));
  return scale(exp_rest(r), n);
}

/// 2^x; as exp.
///
/// @accuracy  accuracy::exp2
/// @errors    none
KILN_INLINE pack exp2(pack x) {
  constexpr float least = -151.0F;
  constexpr float most = 129.0F;
  const pack inside = min_or_second(pack(most), max_or_second(pack(least), x));
  const pack n = detail::round_small(inside, pack(1.0F));
  return scale(detail::exp2_rest(inside - n), n);
}

/// e^x - 1, accurate near 0 too.
///
/// @accuracy  accuracy::expm1
/// @errors    none
KILN_INLINE pack expm1(pack x) {
  constexpr float least = -30.0F;  // e^-30 does not change -1
  const pack low = max_or_second(pack(least), x);
  const auto [n, r] = detail::reduce_by_ln2(min_or_second(pack(detail::exp_overflow), low));
  const pack p = detail::expm1_rest(r);  // e^r - 1
  // 2^n (p + 1 - 2^-n): no intermediate overflows, and n = 0 gives p itself.
  return scale(p + (pack(1.0F) - scale(pack(1.0F), -n)), n);
}

/// 1 / (1 + e^-x), relatively accurate where it is small.
///
/// @accuracy  accuracy::sigmoid
/// @errors    none
KILN_INLINE pack sigmoid(pack x) {
  const pack e = detail::exp_of_negative(-abs(x));
  return select(x < pack(0.0F), e, pack(1.0F)) / (pack(1.0F) + e);
}

/// Hyperbolic tangent, relatively accurate near 0.
///
/// @accuracy  accuracy::tanh
/// @errors    none
KILN_INLINE pack tanh(pack x) {
  constexpr float least = -20.0F;  // tanh is 1 after rounding from half of that on
  const auto [n, r] = detail::reduce_by_ln2(max_or_second(pack(least), pack(-2.0F) * abs(x)));
  const pack p = detail::expm1_rest(r);
  const pack power = power_of_two(n);
  const pack e = fma(power, p, power - pack(1.0F));  // e^-2|x| - 1
  return copysign(e / (e + pack(2.0F)), x);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
