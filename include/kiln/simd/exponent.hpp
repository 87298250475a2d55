// SPDX-License-Identifier: MIT
// Takes packs apart into fraction and power of two, and puts them together again.
#pragma once

#include <kiln/simd/arithmetic.hpp>

#include <limits>

namespace kiln::simd {
inline namespace KILN_ISA {

/// x = fraction * 2^exponent, the fraction in [3/4, 3/2): there log(fraction) has no cancellation.
struct split_pack final {
  pack fraction, exponent;
};

/// A product and what its rounding lost.
struct exact_pack final {
  pack high, low;
};

/// 2^k for integral k in [-126, 127].
KILN_INLINE pack power_of_two(pack k) {
#if KILN_ISA_AVX512
  return pack::wrap(native::scale(native::set(1.0F), k.raw));
#else
  return as_float(shift_left<23>(to_int(k) + int_pack(127)));
#endif
}

/// x * 2^k for integral k in [-250, 250], rounded once: overflow and gradual underflow are right.
///
/// @cost  one instruction with AVX-512, eight without
KILN_INLINE pack scale(pack x, pack k) {
#if KILN_ISA_AVX512
  return pack::wrap(native::scale(x.raw, k.raw));
#else
  // The first factor keeps a number between 1/2 and 2 normal, so that only the second product
  // rounds.
  const int_pack power = to_int(k);
  const int_pack half = shift_right<1>(power);
  const int_pack bias(127);
  const pack first = as_float(shift_left<23>(half + bias));
  const pack second = as_float(shift_left<23>(power - half + bias));
  return x * first * second;
#endif
}

/// The same where `of` is not less than `limit`, else 0: there nothing is computed, as a result
/// that underflows costs a hundred cycles and more on many machines. NaN in `of` counts as not
/// less.
///
/// @pre   k is in [-250, 250] wherever `of` is not less, x is finite wherever it is
/// @cost  two instructions with AVX-512, ten without
KILN_INLINE pack scale_from(float limit, pack of, pack x, pack k) {
#if KILN_ISA_AVX512
  return pack::wrap(native::scale(x.raw, k.raw, native::not_lt(of.raw, native::set(limit))));
#else
  return scale(select(of < pack(limit), pack(0.0F), x), k);
#endif
}

/// Splits x > 0, denormals included. 0 has the exponent -inf, infinity +inf, NaN stays NaN; less
/// than 0 gives a NaN fraction.
///
/// @cost  four instructions with AVX-512, about fourteen without
KILN_INLINE split_pack split(pack x) {
#if KILN_ISA_AVX512
  return {pack::wrap(native::fraction(x.raw)), pack::wrap(native::exponent(x.raw))};
#else
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const lane_mask tiny = x < pack(0x1p-126F);
  const int_pack bits = as_int(select(tiny, x * pack(0x1p24F), x));
  const int_pack power = shift_right<23>(bits - int_pack(0x3f400000));  // 0.75
  const pack exponent = to_float(power) - select(tiny, pack(24.0F), pack(0.0F));
  const pack fraction = as_float(bits - shift_left<23>(power));
  const pack edge = select(x == pack(0.0F), pack(-infinity), x);  // 0, infinity, NaN, negative
  const lane_mask usual = (x > pack(0.0F)) & (x < pack(infinity));
  return {select(usual, fraction, select(x < pack(0.0F), pack(nan), pack(1.0F))),
          select(usual, exponent, edge)};
#endif
}

/// c0 + c1 x + c2 x^2 + ..., as one chain of fma.
KILN_INLINE pack horner(pack, float c) { return pack(c); }
template <class... Floats>
KILN_INLINE pack horner(pack x, float c, Floats... rest) {
  return fma(horner(x, rest...), x, pack(c));
}

/// a * b without error: high + low, as long as nothing over- or underflows.
KILN_INLINE exact_pack multiply_exactly(pack a, pack b) {
  const pack high = a * b;
  if constexpr (native::fuses) return {high, fma(a, b, -high)};
  // Veltkamp's split into halves of 12 bits, whose products are exact.
  const pack ca = a * pack(4097.0F);
  const pack cb = b * pack(4097.0F);
  const pack a1 = ca - (ca - a);
  const pack b1 = cb - (cb - b);
  const pack a2 = a - a1;
  const pack b2 = b - b1;
  return {high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

/// a - b * q without error for q near a / b.
KILN_INLINE pack remainder(pack a, pack b, pack q) {
  if constexpr (native::fuses) return fnma(b, q, a);
  const exact_pack product = multiply_exactly(b, q);
  return (a - product.high) - product.low;
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
