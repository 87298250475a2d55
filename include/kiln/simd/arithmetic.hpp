// SPDX-License-Identifier: MIT
// Arithmetic on packs: operators, comparisons, a real fma, NaN-aware extrema, reductions.
#pragma once

#include <kiln/simd/pack.hpp>

#include <cstdint>

namespace kiln::simd {
inline namespace KILN_ISA {

/// Lane by lane, each result rounded by itself.
KILN_INLINE pack operator+(pack a, pack b) { return pack::wrap(native::add(a.raw, b.raw)); }
KILN_INLINE pack operator-(pack a, pack b) { return pack::wrap(native::sub(a.raw, b.raw)); }
/// Rounded before anything else sees it: a following sum is never fused in, on any compiler.
KILN_INLINE pack operator*(pack a, pack b) {
  return pack::wrap(native::rounded(native::mul(a.raw, b.raw)));
}
KILN_INLINE pack operator/(pack a, pack b) { return pack::wrap(native::div(a.raw, b.raw)); }
KILN_INLINE pack& operator+=(pack& a, pack b) { return a = a + b; }
KILN_INLINE pack& operator-=(pack& a, pack b) { return a = a - b; }
KILN_INLINE pack& operator*=(pack& a, pack b) { return a = a * b; }
KILN_INLINE pack& operator/=(pack& a, pack b) { return a = a / b; }

/// Lane by lane; overflow wraps around.
KILN_INLINE int_pack operator+(int_pack a, int_pack b) {
  return int_pack::wrap(native::add(a.raw, b.raw));
}
KILN_INLINE int_pack operator-(int_pack a, int_pack b) {
  return int_pack::wrap(native::sub(a.raw, b.raw));
}
KILN_INLINE int_pack operator*(int_pack a, int_pack b) {
  return int_pack::wrap(native::mul(a.raw, b.raw));
}
KILN_INLINE int_pack operator&(int_pack a, int_pack b) {
  return int_pack::wrap(native::bit_and(a.raw, b.raw));
}
KILN_INLINE int_pack operator|(int_pack a, int_pack b) {
  return int_pack::wrap(native::bit_or(a.raw, b.raw));
}
KILN_INLINE int_pack operator^(int_pack a, int_pack b) {
  return int_pack::wrap(native::bit_xor(a.raw, b.raw));
}
template <int Count>
KILN_INLINE int_pack shift_left(int_pack x) {
  return int_pack::wrap(native::shift_left<Count>(x.raw));
}
/// Copies of the sign come in.
template <int Count>
KILN_INLINE int_pack shift_right(int_pack x) {
  return int_pack::wrap(native::shift_right<Count>(x.raw));
}
/// Zeros come in.
template <int Count>
KILN_INLINE int_pack shift_right_logical(int_pack x) {
  return int_pack::wrap(native::shift_right_logical<Count>(x.raw));
}

/// The bits of a float as an integer, and back; no instruction.
KILN_INLINE int_pack as_int(pack x) { return int_pack::wrap(native::as_int(x.raw)); }
KILN_INLINE pack as_float(int_pack x) { return pack::wrap(native::as_float(x.raw)); }
/// Rounds to the nearest integer, ties to even; out of range and NaN give the least integer.
KILN_INLINE int_pack to_int(pack x) { return int_pack::wrap(native::to_int(x.raw)); }
KILN_INLINE pack to_float(int_pack x) { return pack::wrap(native::to_float(x.raw)); }

/// Comparison lane by lane: with NaN all are false but for !=.
KILN_INLINE lane_mask operator<(pack a, pack b) { return {native::lt(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator<=(pack a, pack b) { return {native::le(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator>(pack a, pack b) { return {native::lt(b.raw, a.raw)}; }
KILN_INLINE lane_mask operator>=(pack a, pack b) { return {native::le(b.raw, a.raw)}; }
KILN_INLINE lane_mask operator==(pack a, pack b) { return {native::eq(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator!=(pack a, pack b) { return {native::ne(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator<(int_pack a, int_pack b) { return {native::lt(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator==(int_pack a, int_pack b) { return {native::eq(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator&(lane_mask a, lane_mask b) { return {native::both(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator|(lane_mask a, lane_mask b) { return {native::either(a.raw, b.raw)}; }
KILN_INLINE lane_mask operator!(lane_mask a) { return {native::negate(a.raw)}; }
KILN_INLINE bool any(lane_mask a) { return native::any(a.raw); }
KILN_INLINE bool all(lane_mask a) { return native::all(a.raw); }
KILN_INLINE lane_mask is_nan(pack x) { return x != x; }

/// Lane by lane a where the mask is set, else b; both are computed.
KILN_INLINE pack select(lane_mask m, pack a, pack b) {
  return pack::wrap(native::select(m.raw, a.raw, b.raw));
}
KILN_INLINE int_pack select(lane_mask m, int_pack a, int_pack b) {
  return int_pack::wrap(native::select(m.raw, a.raw, b.raw));
}
KILN_INLINE pack select(mask m, pack a, pack b) { return select(to_lanes(m), a, b); }
KILN_INLINE pack select(all_lanes, pack a, pack) { return a; }

// --- functions ---

/// a * b + c, rounded once where the machine can (AVX2, AVX-512, NEON); with SSE only, rounded
/// twice.
///
/// @cost      one instruction with AVX2, AVX-512 or NEON
/// @errors    none
/// @accuracy  correctly rounded there; the same bits throughout one build everywhere
KILN_INLINE pack fma(pack a, pack b, pack c) {
  return pack::wrap(native::fma(a.raw, b.raw, c.raw));
}
/// c - a * b, rounded as fma.
KILN_INLINE pack fnma(pack a, pack b, pack c) {
  return pack::wrap(native::fnma(a.raw, b.raw, c.raw));
}

/// The larger; b where either is NaN. One instruction: with a constant as a, NaN in b comes
/// through, so that relu is max_or_second(0, x).
KILN_INLINE pack max_or_second(pack a, pack b) { return pack::wrap(native::max(a.raw, b.raw)); }
/// The smaller; b where either is NaN.
KILN_INLINE pack min_or_second(pack a, pack b) { return pack::wrap(native::min(a.raw, b.raw)); }
/// The larger; NaN where either is NaN. Of zeros of both signs, either.
///
/// @cost  three instructions; max_or_second is one
KILN_INLINE pack max(pack a, pack b) { return select(is_nan(a), a, max_or_second(a, b)); }
/// The smaller; NaN where either is NaN. Of zeros of both signs, either.
///
/// @cost  three instructions; min_or_second is one
KILN_INLINE pack min(pack a, pack b) { return select(is_nan(a), a, min_or_second(a, b)); }

namespace detail {
inline constexpr std::int32_t sign_bit = INT32_MIN;
}

/// Magnitude and opposite: the sign alone changes, also of zeros and NaN.
KILN_INLINE pack abs(pack x) { return as_float(as_int(x) & int_pack(INT32_MAX)); }
KILN_INLINE pack operator-(pack x) { return as_float(as_int(x) ^ int_pack(detail::sign_bit)); }
/// The magnitude of a with the sign of b.
KILN_INLINE pack copysign(pack a, pack b) {
  return as_float(as_int(abs(a)) | (as_int(b) & int_pack(detail::sign_bit)));
}
/// Correctly rounded.
KILN_INLINE pack sqrt(pack x) { return pack::wrap(native::sqrt(x.raw)); }
KILN_INLINE pack floor(pack x) { return pack::wrap(native::floor(x.raw)); }
KILN_INLINE pack ceil(pack x) { return pack::wrap(native::ceil(x.raw)); }
KILN_INLINE pack trunc(pack x) { return pack::wrap(native::trunc(x.raw)); }
/// To the nearest integer, ties to even.
KILN_INLINE pack round(pack x) { return pack::wrap(native::round(x.raw)); }
/// 1 / x, correctly rounded.
KILN_INLINE pack reciprocal(pack x) { return pack(1.0F) / x; }
/// 1 / sqrt(x): infinity at 0, 0 at infinity, NaN below 0.
///
/// @cost      seven instructions with AVX-512; a square root and a division without
/// @accuracy  accuracy::rsqrt
KILN_INLINE pack rsqrt(pack x) {
#if KILN_ISA_AVX512
  const pack y = pack::wrap(native::rsqrt_estimate(x.raw));
  const pack e = fnma(x * y, y, pack(1.0F));  // NaN at 0 and at infinity
  return select(is_nan(e), y, fma(pack(0.5F) * y, e, y));
#else
  return pack(1.0F) / sqrt(x);
#endif
}

// --- over the lanes: lane i is combined with lane i + lanes / 2, and so on with what is left ---

/// The sum of all lanes, in that order; add up packs first, as this costs several instructions.
///
/// @accuracy  log2(lanes) roundings
KILN_INLINE float reduce_add(pack x) {
  return native::reduce(
      x.raw, [](native::f32 a, native::f32 b) KILN_INLINE_LAMBDA { return native::add(a, b); });
}
KILN_INLINE float reduce_mul(pack x) {
  return native::reduce(
      x.raw, [](native::f32 a, native::f32 b) KILN_INLINE_LAMBDA { return native::mul(a, b); });
}
/// The largest lane; NaN where one is NaN.
KILN_INLINE float reduce_max(pack x) {
  return native::reduce(x.raw, [](native::f32 a, native::f32 b) KILN_INLINE_LAMBDA {
    return max(pack::wrap(a), pack::wrap(b)).raw;
  });
}
/// The smallest lane; NaN where one is NaN.
KILN_INLINE float reduce_min(pack x) {
  return native::reduce(x.raw, [](native::f32 a, native::f32 b) KILN_INLINE_LAMBDA {
    return min(pack::wrap(a), pack::wrap(b)).raw;
  });
}
/// Lane r is what `combine` makes of all lanes of x[r], in that order: the same bits as one by one.
///
/// @cost  with AVX-512 four instructions a pack instead of sixteen
template <class Combine>
KILN_INLINE pack reduce_each(const pack (&x)[lanes], const Combine& combine) {
  return pack::wrap(native::reduce_each(reinterpret_cast<const native::f32*>(x),
                                        [&](native::f32 a, native::f32 b) KILN_INLINE_LAMBDA {
                                          return combine(pack::wrap(a), pack::wrap(b)).raw;
                                        }));
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
