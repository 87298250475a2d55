// SPDX-License-Identifier: MIT
// The vector vocabulary with one lane: what every machine can do, and the easiest one to debug.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace kiln::simd::native {
inline namespace scalar {

using f32 = float;
using s32 = std::int32_t;
using predicate = bool;
inline constexpr std::size_t lanes = 1;

/// Whether the only lane takes part.
struct prefix final {
  bool any;
};

/// Whether fma() rounds once.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool fuses = true;
#else
inline constexpr bool fuses = false;
#endif

// --- registers and memory ---

KILN_INLINE f32 set(float x) { return x; }
KILN_INLINE s32 set(std::int32_t x) { return x; }
KILN_INLINE s32 iota() { return 0; }
KILN_INLINE prefix first(std::size_t n) { return {n > 0}; }
KILN_INLINE predicate to_predicate(prefix m) { return m.any; }

KILN_INLINE f32 load(const float* p) { return *p; }
KILN_INLINE s32 load(const std::int32_t* p) { return *p; }
KILN_INLINE s32 load(const std::int8_t* p) { return *p; }
KILN_INLINE s32 load(const std::uint8_t* p) { return *p; }
KILN_INLINE s32 load(const std::uint16_t* p) { return *p; }
KILN_INLINE f32 load(const float* p, prefix m) { return m.any ? *p : 0.0F; }
template <class Element>
KILN_INLINE s32 load(const Element* p, prefix m) {
  return m.any ? load(p) : 0;
}
KILN_INLINE void store(float* p, f32 x) { *p = x; }
KILN_INLINE void store(std::int32_t* p, s32 x) { *p = x; }
template <class Element>
KILN_INLINE void store(Element* p, Element x, prefix m) {
  if (m.any) *p = x;
}
/// Stores the low part of every lane; the caller has clamped.
template <class Element>
KILN_INLINE void store_low(Element* p, s32 x) {
  *p = static_cast<Element>(x);
}
template <class Element>
KILN_INLINE void store_low(Element* p, s32 x, prefix m) {
  if (m.any) *p = static_cast<Element>(x);
}
KILN_INLINE f32 load_half(const std::uint16_t* p) { return core::to_float(core::f16{*p}); }
KILN_INLINE f32 load_half(const std::uint16_t* p, prefix m) { return m.any ? load_half(p) : 0.0F; }
KILN_INLINE void store_half(std::uint16_t* p, f32 x) { *p = core::to_f16(x).bits; }
KILN_INLINE void store_half(std::uint16_t* p, f32 x, prefix m) {
  if (m.any) store_half(p, x);
}
KILN_INLINE f32 gather(const float* p, s32 index) { return p[index]; }
KILN_INLINE f32 gather(const float* p, s32 index, prefix m) { return m.any ? p[index] : 0.0F; }
KILN_INLINE void scatter(float* p, s32 index, f32 x) { p[index] = x; }
KILN_INLINE void scatter(float* p, s32 index, f32 x, prefix m) {
  if (m.any) p[index] = x;
}

// --- arithmetic ---

KILN_INLINE f32 add(f32 a, f32 b) { return a + b; }
KILN_INLINE f32 sub(f32 a, f32 b) { return a - b; }
KILN_INLINE f32 mul(f32 a, f32 b) { return a * b; }
KILN_INLINE f32 div(f32 a, f32 b) { return a / b; }
KILN_INLINE f32 min(f32 a, f32 b) { return a < b ? a : b; }
KILN_INLINE f32 max(f32 a, f32 b) { return a > b ? a : b; }
KILN_INLINE f32 sqrt(f32 x) { return std::sqrt(x); }
KILN_INLINE f32 floor(f32 x) { return std::floor(x); }
KILN_INLINE f32 ceil(f32 x) { return std::ceil(x); }
KILN_INLINE f32 trunc(f32 x) { return std::trunc(x); }
KILN_INLINE f32 round(f32 x) { return std::nearbyint(x); }

/// Keeps the compiler from fusing a product into a following sum: both compilers then give the
/// same bits, and fma() is the one way to have it fused.
KILN_INLINE f32 rounded(f32 x) {
#if defined(__SSE2__)
  asm("" : "+x"(x));
#elif defined(__ARM_NEON)
  asm("" : "+w"(x));
#else
  asm("" : "+m"(x));
#endif
  return x;
}

/// Fused where the machine can; elsewhere two roundings, as a call into libm costs fifty times
/// more.
KILN_INLINE f32 fma(f32 a, f32 b, f32 c) {
  if constexpr (fuses) return __builtin_fmaf(a, b, c);
  return rounded(a * b) + c;
}
KILN_INLINE f32 fnma(f32 a, f32 b, f32 c) { return fma(-a, b, c); }

// --- comparison ---

KILN_INLINE predicate lt(f32 a, f32 b) { return a < b; }
KILN_INLINE predicate le(f32 a, f32 b) { return a <= b; }
KILN_INLINE predicate eq(f32 a, f32 b) { return a == b; }
KILN_INLINE predicate ne(f32 a, f32 b) { return a != b; }
KILN_INLINE predicate both(predicate a, predicate b) { return a && b; }
KILN_INLINE predicate either(predicate a, predicate b) { return a || b; }
KILN_INLINE predicate negate(predicate a) { return !a; }
KILN_INLINE bool any(predicate a) { return a; }
KILN_INLINE bool all(predicate a) { return a; }
KILN_INLINE f32 select(predicate m, f32 a, f32 b) { return m ? a : b; }
KILN_INLINE s32 select(predicate m, s32 a, s32 b) { return m ? a : b; }

// --- integers: wrap around, as in registers ---

namespace detail {
KILN_INLINE std::uint32_t bits(s32 x) { return static_cast<std::uint32_t>(x); }
KILN_INLINE s32 number(std::uint32_t x) { return static_cast<s32>(x); }
}  // namespace detail

KILN_INLINE s32 as_int(f32 x) { return std::bit_cast<s32>(x); }
KILN_INLINE f32 as_float(s32 x) { return std::bit_cast<f32>(x); }
/// Out of range and NaN give the least integer, as in registers.
KILN_INLINE s32 to_int(f32 x) {
  return x >= -0x1p31F && x < 0x1p31F ? static_cast<s32>(std::nearbyint(x)) : INT32_MIN;
}
KILN_INLINE f32 to_float(s32 x) { return static_cast<f32>(x); }
KILN_INLINE s32 add(s32 a, s32 b) { return detail::number(detail::bits(a) + detail::bits(b)); }
KILN_INLINE s32 sub(s32 a, s32 b) { return detail::number(detail::bits(a) - detail::bits(b)); }
KILN_INLINE s32 mul(s32 a, s32 b) { return detail::number(detail::bits(a) * detail::bits(b)); }
KILN_INLINE s32 bit_and(s32 a, s32 b) { return a & b; }
KILN_INLINE s32 bit_or(s32 a, s32 b) { return a | b; }
KILN_INLINE s32 bit_xor(s32 a, s32 b) { return a ^ b; }
KILN_INLINE predicate lt(s32 a, s32 b) { return a < b; }
KILN_INLINE predicate eq(s32 a, s32 b) { return a == b; }
template <int Count>
KILN_INLINE s32 shift_left(s32 x) {
  return detail::number(detail::bits(x) << Count);
}
template <int Count>
KILN_INLINE s32 shift_right(s32 x) {  // keeps the sign
  return x >> Count;
}
template <int Count>
KILN_INLINE s32 shift_right_logical(s32 x) {
  return detail::number(detail::bits(x) >> Count);
}

template <class Combine>
KILN_INLINE float reduce(f32 x, Combine) {
  return x;
}
template <class Combine>
KILN_INLINE f32 reduce_each(const f32* x, Combine) {
  return *x;
}

}  // namespace scalar
}  // namespace kiln::simd::native
