// SPDX-License-Identifier: MIT
// The vector vocabulary on any machine that xsimd knows (SSE2 ... AVX, NEON): correct, not tuned.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>
#include <kiln/core/target.hpp>
#include <kiln/simd/native/partial.hpp>
#include <kiln/simd/native/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace kiln::simd::native {
inline namespace portable {

using f32 = xsimd::batch<float>;
using s32 = xsimd::batch<std::int32_t>;
using predicate = xsimd::batch_bool<float>;
inline constexpr std::size_t lanes = f32::size;
static_assert(lanes == static_cast<std::size_t>(core::native.lanes),
              "kiln: core/target.hpp and xsimd disagree about the vectors of this machine");

/// How many lanes take part: memory is then moved lane by lane.
struct prefix final {
  std::size_t count;
};

/// Whether fma() rounds once.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool fuses = true;
#else
inline constexpr bool fuses = false;
#endif

// --- registers and memory ---

KILN_INLINE f32 set(float x) { return f32(x); }
KILN_INLINE s32 set(std::int32_t x) { return s32(x); }
KILN_INLINE prefix first(std::size_t n) { return {n >= lanes ? lanes : n}; }

KILN_INLINE f32 load(const float* p) { return f32::load_unaligned(p); }
KILN_INLINE s32 load(const std::int32_t* p) { return s32::load_unaligned(p); }
KILN_INLINE void store(float* p, f32 x) { x.store_unaligned(p); }
KILN_INLINE void store(std::int32_t* p, s32 x) { x.store_unaligned(p); }

namespace detail {
/// A register whose lanes come from a function of their number; the lanes past n are zero.
template <class Number, class Function>
KILN_INLINE auto collect(std::size_t n, Function f) {
  Number value[lanes] = {};
  for (std::size_t i = 0; i < n; ++i) value[i] = f(i);
  return load(value);
}
/// Hands each of the first n lanes to a function of number and value.
template <class Number, class Register, class Function>
KILN_INLINE void spread(Register x, std::size_t n, Function f) {
  Number value[lanes];
  store(value, x);
  for (std::size_t i = 0; i < n; ++i) f(i, value[i]);
}
}  // namespace detail

KILN_INLINE s32 iota() {
  return detail::collect<std::int32_t>(lanes,
                                       [](std::size_t i) { return static_cast<std::int32_t>(i); });
}
KILN_INLINE predicate to_predicate(prefix m) {
  return detail::collect<float>(m.count, [](std::size_t) { return 1.0F; }) == f32(1.0F);
}

KILN_INLINE f32 load(const float* p, prefix m) {
  return detail::collect<float>(m.count, [p](std::size_t i) { return p[i]; });
}
/// Elements of any integer type, widened to 32 bits.
template <class Element>
KILN_INLINE s32 load(const Element* p, prefix m) {
  return detail::collect<std::int32_t>(
      m.count, [p](std::size_t i) { return static_cast<std::int32_t>(p[i]); });
}
KILN_INLINE s32 load(const std::int8_t* p) { return load(p, prefix{lanes}); }
KILN_INLINE s32 load(const std::uint8_t* p) { return load(p, prefix{lanes}); }
KILN_INLINE s32 load(const std::uint16_t* p) { return load(p, prefix{lanes}); }

KILN_INLINE void store(float* p, f32 x, prefix m) {
  detail::spread<float>(x, m.count, [p](std::size_t i, float value) { p[i] = value; });
}
KILN_INLINE void store(std::int32_t* p, s32 x, prefix m) {
  detail::spread<std::int32_t>(x, m.count, [p](std::size_t i, std::int32_t v) { p[i] = v; });
}
/// Stores the low part of every lane; the caller has clamped.
template <class Element>
KILN_INLINE void store_low(Element* p, s32 x, prefix m = {lanes}) {
  detail::spread<std::int32_t>(
      x, m.count, [p](std::size_t i, std::int32_t v) { p[i] = static_cast<Element>(v); });
}
KILN_INLINE f32 load_half(const std::uint16_t* p, prefix m = {lanes}) {
  return detail::collect<float>(m.count,
                                [p](std::size_t i) { return core::to_float(core::f16{p[i]}); });
}
KILN_INLINE void store_half(std::uint16_t* p, f32 x, prefix m = {lanes}) {
  detail::spread<float>(
      x, m.count, [p](std::size_t i, float value) { p[i] = core::to_f16(value).bits; });
}
KILN_INLINE f32 gather(const float* p, s32 index, prefix m = {lanes}) {
  std::int32_t at[lanes];
  store(at, index);
  return detail::collect<float>(m.count, [p, &at](std::size_t i) { return p[at[i]]; });
}
KILN_INLINE void scatter(float* p, s32 index, f32 x, prefix m = {lanes}) {
  std::int32_t at[lanes];
  store(at, index);
  detail::spread<float>(x, m.count, [p, &at](std::size_t i, float v) { p[at[i]] = v; });
}

// --- arithmetic ---

KILN_INLINE f32 add(f32 a, f32 b) { return a + b; }
KILN_INLINE f32 sub(f32 a, f32 b) { return a - b; }
KILN_INLINE f32 mul(f32 a, f32 b) { return a * b; }
// xsimd 8.1 estimates quotients and roots of floats where NEON computes them.
#if defined(__aarch64__)
KILN_INLINE f32 div(f32 a, f32 b) { return f32(vdivq_f32(a.data, b.data)); }
KILN_INLINE f32 sqrt(f32 x) { return f32(vsqrtq_f32(x.data)); }
#else
KILN_INLINE f32 div(f32 a, f32 b) { return a / b; }
KILN_INLINE f32 sqrt(f32 x) { return xsimd::sqrt(x); }
#endif
// Not xsimd's own: what those do with NaN depends on the machine and on the version.
KILN_INLINE f32 min(f32 a, f32 b) { return xsimd::select(a < b, a, b); }
KILN_INLINE f32 max(f32 a, f32 b) { return xsimd::select(a > b, a, b); }
// What rounds to zero keeps its sign; on SSE2 xsimd drops it.
KILN_INLINE f32 floor(f32 x) { return xsimd::copysign(xsimd::floor(x), x); }
KILN_INLINE f32 ceil(f32 x) { return xsimd::copysign(xsimd::ceil(x), x); }
KILN_INLINE f32 trunc(f32 x) { return xsimd::trunc(x); }
KILN_INLINE f32 round(f32 x) { return xsimd::nearbyint(x); }

/// Keeps the compiler from fusing a product into a following sum: both compilers then give the
/// same bits, and fma() is the one way to have it fused.
KILN_INLINE f32 rounded(f32 x) {
#if defined(__AVX512F__)
  asm("" : "+v"(x.data));
#elif defined(__SSE2__)
  asm("" : "+x"(x.data));
#else
  asm("" : "+w"(x.data));
#endif
  return x;
}

/// Fused where the machine can; elsewhere two roundings.
KILN_INLINE f32 fma(f32 a, f32 b, f32 c) {
#if defined(__ARM_FEATURE_FMA)
  return f32(vfmaq_f32(c.data, a.data, b.data));
#else
  if constexpr (fuses) return xsimd::fma(a, b, c);
  return rounded(a * b) + c;
#endif
}
KILN_INLINE f32 fnma(f32 a, f32 b, f32 c) { return fma(-a, b, c); }

// --- comparison ---

KILN_INLINE predicate lt(f32 a, f32 b) { return a < b; }
KILN_INLINE predicate le(f32 a, f32 b) { return a <= b; }
KILN_INLINE predicate eq(f32 a, f32 b) { return a == b; }
KILN_INLINE predicate ne(f32 a, f32 b) { return !(a == b); }
KILN_INLINE predicate both(predicate a, predicate b) { return a & b; }
KILN_INLINE predicate either(predicate a, predicate b) { return a | b; }
KILN_INLINE predicate negate(predicate a) { return !a; }
KILN_INLINE bool any(predicate a) { return xsimd::any(a); }
KILN_INLINE bool all(predicate a) { return xsimd::all(a); }
KILN_INLINE f32 select(predicate m, f32 a, f32 b) { return xsimd::select(m, a, b); }

// --- integers; std::bit_cast, as the spelling of xsimd's own casts changes between versions ---

KILN_INLINE s32 as_int(f32 x) { return std::bit_cast<s32>(x); }
KILN_INLINE f32 as_float(s32 x) { return std::bit_cast<f32>(x); }
KILN_INLINE s32 select(predicate m, s32 a, s32 b) {
  return as_int(select(m, as_float(a), as_float(b)));
}
KILN_INLINE s32 to_int(f32 x) {
  const s32 nearest = xsimd::nearbyint_as_int(x);
#if defined(__SSE2__)
  return nearest;
#else  // saturates, and gives zero for NaN
  return select(x < f32(0x1p31F), nearest, s32(INT32_MIN));
#endif
}
KILN_INLINE f32 to_float(s32 x) { return xsimd::to_float(x); }
KILN_INLINE s32 add(s32 a, s32 b) { return a + b; }
KILN_INLINE s32 sub(s32 a, s32 b) { return a - b; }
KILN_INLINE s32 mul(s32 a, s32 b) { return a * b; }
KILN_INLINE s32 bit_and(s32 a, s32 b) { return a & b; }
KILN_INLINE s32 bit_or(s32 a, s32 b) { return a | b; }
KILN_INLINE s32 bit_xor(s32 a, s32 b) { return a ^ b; }
KILN_INLINE predicate lt(s32 a, s32 b) { return std::bit_cast<predicate>(a < b); }
KILN_INLINE predicate eq(s32 a, s32 b) { return std::bit_cast<predicate>(a == b); }
template <int Count>
KILN_INLINE s32 shift_left(s32 x) {
  return x << Count;
}
template <int Count>
KILN_INLINE s32 shift_right(s32 x) {  // keeps the sign
  return x >> Count;
}
template <int Count>
KILN_INLINE s32 shift_right_logical(s32 x) {
  return std::bit_cast<s32>(std::bit_cast<xsimd::batch<std::uint32_t>>(x) >> Count);
}

// --- reductions: halves are combined until one lane is left ---

template <class Combine>
KILN_INLINE float reduce(f32 x, Combine combine) {
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    float value[2 * lanes] = {};
    store(value, x);
    x = combine(x, load(value + half));
  }
  float value[lanes];
  store(value, x);
  return value[0];
}

/// Lane r is reduce(x[r]).
template <class Combine>
KILN_INLINE f32 reduce_each(const f32* x, Combine combine) {
  return detail::collect<float>(lanes, [&](std::size_t r) { return reduce(x[r], combine); });
}

}  // namespace portable
}  // namespace kiln::simd::native
