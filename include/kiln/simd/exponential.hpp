// SPDX-License-Identifier: MIT
// exp, exp2, expm1, sigmoid and tanh on packs.
//
// All reduce x = n ln 2 + r with |r| <= ln 2 / 2 and take a polynomial of e^r, fitted for the least
// greatest relative error; with AVX-512, exp and exp2 reduce to a sixteenth of that by a table that
// fits a register. Bounds stand in simd/accuracy.hpp and are tested there.
#pragma once

#include <kiln/simd/exponent.hpp>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// ln 2 in two parts; the first has 16 bits, so that its product with an exponent is exact.
inline constexpr float ln2_high = 0x1.62e4p-1F;
inline constexpr float ln2_low = 1.428606765330187e-06F;
inline constexpr float log2_e = 1.44269504F;
// Where e^x is 0 or infinity after rounding, and 2^x.
inline constexpr float exp_underflow = -104.0F;
inline constexpr float exp_overflow = 89.0F;
inline constexpr float exp2_underflow = -150.0F;
inline constexpr float exp2_overflow = 129.0F;

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

// As reduce_by_ln2(), with 2^n for n in [-126, 127] instead of n: the bits of the rounded number,
// biased and shifted.
struct factored final {
  pack factor, rest;
};
KILN_INLINE factored factor_by_ln2(pack x) {
  constexpr float shift = 0x1.8p23F + 127;
  const pack biased = fma(x, pack(log2_e), pack(shift));
  const pack n = biased - pack(shift);
  const pack rest = fnma(n, pack(ln2_low), fnma(n, pack(ln2_high), x));
  return {as_float(shift_left<23>(as_int(biased))), rest};
}

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

#if KILN_ISA_AVX512
// 2^(i / 16).
alignas(64) inline constexpr float sixteenths[] = {0x1.000000p+0F,
                                                   0x1.0b5586p+0F,
                                                   0x1.172b84p+0F,
                                                   0x1.2387a6p+0F,
                                                   0x1.306fe0p+0F,
                                                   0x1.3dea64p+0F,
                                                   0x1.4bfdaep+0F,
                                                   0x1.5ab07ep+0F,
                                                   0x1.6a09e6p+0F,
                                                   0x1.7a1148p+0F,
                                                   0x1.8ace54p+0F,
                                                   0x1.9c4918p+0F,
                                                   0x1.ae89fap+0F,
                                                   0x1.c199bep+0F,
                                                   0x1.d5818ep+0F,
                                                   0x1.ea4afap+0F};

// Adding this rounds to a sixteenth, whose number is in the low bits of the sum.
inline constexpr float sixteenth_shift = 0x1.8p19F;

// 2^k but for the power of two floor(k), where k is the sum of a sixteenth and the shift.
KILN_INLINE pack sixteenth_of(pack shifted) {
  return pack::wrap(native::lookup(native::load(sixteenths), native::as_int(shifted.raw)));
}
#else
// Adding this rounds to an integer and leaves it in the low bits, plus twice the bias of an
// exponent.
inline constexpr float twice_biased_shift = 0x1.8p23F + 254;

// x * 2^n, rounded once, for x between 1/2 and 2 or 0 and n in [-150, 129], where `shifted` is the
// sum of n and that: the factors are made of its bits, of which half are shifted out.
KILN_INLINE pack scale_by_bits(pack x, pack shifted) {
  const int_pack sum = as_int(shifted);
  const int_pack half = shift_right_logical<1>(sum);
  return x * as_float(shift_left<23>(half)) * as_float(shift_left<23>(sum - half));
}
#endif

// e^x where nothing overflows.
KILN_INLINE pack exp_below_overflow(pack x) {
#if KILN_ISA_AVX512
  const pack shifted = fma(x, pack(log2_e), pack(sixteenth_shift));
  const pack k = shifted - pack(sixteenth_shift);
  const pack r = fnma(k, pack(ln2_low), fnma(k, pack(ln2_high), x));  // |r| <= ln 2 / 32
  const pack t = sixteenth_of(shifted);
  const pack series = horner(r, 1.0F, 5.000165105e-01F, 1.666704565e-01F);
  return scale_from(exp_underflow, x, fma(t * r, series, t), k);
#else
  const pack low = max_or_second(pack(exp_underflow), x);
  const pack shifted = fma(low, pack(log2_e), pack(twice_biased_shift));
  const pack n = shifted - pack(twice_biased_shift);
  const pack r = fnma(n, pack(ln2_low), fnma(n, pack(ln2_high), low));
  const lane_mask gone = x < pack(exp_underflow);
  return scale_by_bits(select(gone, pack(0.0F), exp_rest(r)), shifted);
#endif
}

}  // namespace detail

/// e^x. Overflows to infinity where e^x does, underflows gradually; NaN stays NaN.
///
/// @accuracy  accuracy::exp
/// @cost      13 instructions with AVX-512, 23 with AVX2; denormal results take a hundred cycles
///            more on many machines, 0 does not
/// @errors    none
KILN_INLINE pack exp(pack x) {
  return detail::exp_below_overflow(min_or_second(pack(detail::exp_overflow), x));
}

/// 2^x; as exp.
///
/// @accuracy  accuracy::exp2
/// @errors    none
KILN_INLINE pack exp2(pack x) {
  using namespace detail;
  const pack inside = min_or_second(pack(exp2_overflow), x);
#if KILN_ISA_AVX512
  const pack shifted = inside + pack(sixteenth_shift);
  const pack k = shifted - pack(sixteenth_shift);
  const pack r = inside - k;  // |r| <= 1/32
  const pack t = sixteenth_of(shifted);
  const pack series = horner(r, 6.931471825e-01F, 2.402343005e-01F, 5.550595373e-02F);
  return scale_from(exp2_underflow, x, fma(t * r, series, t), k);
#else
  const pack low = max_or_second(pack(exp2_underflow), inside);
  const pack shifted = low + pack(twice_biased_shift);
  const pack y = exp2_rest(low - (shifted - pack(twice_biased_shift)));
  return scale_by_bits(select(x < pack(exp2_underflow), pack(0.0F), y), shifted);
#endif
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
  const pack e = detail::exp_below_overflow(-abs(x));
  return select(x < pack(0.0F), e, pack(1.0F)) / (pack(1.0F) + e);
}

/// Hyperbolic tangent, relatively accurate near 0.
///
/// @accuracy  accuracy::tanh
/// @errors    none
KILN_INLINE pack tanh(pack x) {
  constexpr float least = -20.0F;  // tanh is 1 after rounding from half of that on
  const auto [power, r] = detail::factor_by_ln2(max_or_second(pack(least), pack(-2.0F) * abs(x)));
  const pack p = detail::expm1_rest(r);
  const pack e = fma(power, p, power - pack(1.0F));  // e^-2|x| - 1
  return copysign(e / (e + pack(2.0F)), x);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
