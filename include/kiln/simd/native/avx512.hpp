// SPDX-License-Identifier: MIT
// The vector vocabulary on AVX-512 (F, BW, DQ, VL): one short function a primitive.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx512 {

using f32 = __m512;
using s32 = __m512i;
using predicate = __mmask16;
using prefix = __mmask16;
inline constexpr std::size_t lanes = 16;

// Zero-masking forms with a mask of ones compile to the plain instructions. The plain intrinsics
// pass an undefined register, about which g++ 12 warns in the user's code.
inline constexpr predicate every = 0xffff;

/// Whether fma() rounds once.
inline constexpr bool fuses = true;

// --- registers and memory ---

KILN_INLINE f32 set(float x) { return _mm512_set1_ps(x); }
KILN_INLINE s32 set(std::int32_t x) { return _mm512_set1_epi32(x); }
KILN_INLINE s32 iota() {
  return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
KILN_INLINE prefix first(std::size_t n) {
  return static_cast<prefix>(n >= lanes ? 0xffffU : (1U << n) - 1U);
}
KILN_INLINE predicate to_predicate(prefix m) { return m; }

KILN_INLINE f32 load(const float* p) { return _mm512_loadu_ps(p); }
KILN_INLINE f32 load(const float* p, prefix m) { return _mm512_maskz_loadu_ps(m, p); }
KILN_INLINE void store(float* p, f32 x) { _mm512_storeu_ps(p, x); }
KILN_INLINE void store(float* p, f32 x, prefix m) { _mm512_mask_storeu_ps(p, m, x); }
KILN_INLINE s32 load(const std::int32_t* p) { return _mm512_loadu_si512(p); }
KILN_INLINE s32 load(const std::int32_t* p, prefix m) { return _mm512_maskz_loadu_epi32(m, p); }
KILN_INLINE void store(std::int32_t* p, s32 x) { _mm512_storeu_si512(p, x); }
KILN_INLINE void store(std::int32_t* p, s32 x, prefix m) { _mm512_mask_storeu_epi32(p, m, x); }

KILN_INLINE f32 gather(const float* p, s32 index) {
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), every, index, p, 4);
}
KILN_INLINE f32 gather(const float* p, s32 index, prefix m) {
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), m, index, p, 4);
}
KILN_INLINE void scatter(float* p, s32 index, f32 x) { _mm512_i32scatter_ps(p, index, x, 4); }
KILN_INLINE void scatter(float* p, s32 index, f32 x, prefix m) {
  _mm512_mask_i32scatter_ps(p, m, index, x, 4);
}

// --- arithmetic ---

KILN_INLINE f32 add(f32 a, f32 b) { return _mm512_add_ps(a, b); }
KILN_INLINE f32 sub(f32 a, f32 b) { return _mm512_sub_ps(a, b); }
KILN_INLINE f32 mul(f32 a, f32 b) { return _mm512_mul_ps(a, b); }
KILN_INLINE f32 div(f32 a, f32 b) { return _mm512_div_ps(a, b); }
KILN_INLINE f32 fma(f32 a, f32 b, f32 c) { return _mm512_fmadd_ps(a, b, c); }
KILN_INLINE f32 fnma(f32 a, f32 b, f32 c) { return _mm512_fnmadd_ps(a, b, c); }
KILN_INLINE f32 min(f32 a, f32 b) { return _mm512_maskz_min_ps(every, a, b); }
KILN_INLINE f32 max(f32 a, f32 b) { return _mm512_maskz_max_ps(every, a, b); }
KILN_INLINE f32 sqrt(f32 x) { return _mm512_maskz_sqrt_ps(every, x); }
KILN_INLINE f32 floor(f32 x) {
  return _mm512_maskz_roundscale_ps(every, x, _MM_FROUND_TO_NEG_INF | 8);
}
KILN_INLINE f32 ceil(f32 x) {
  return _mm512_maskz_roundscale_ps(every, x, _MM_FROUND_TO_POS_INF | 8);
}
KILN_INLINE f32 trunc(f32 x) {
  return _mm512_maskz_roundscale_ps(every, x, _MM_FROUND_TO_ZERO | 8);
}
KILN_INLINE f32 round(f32 x) {
  return _mm512_maskz_roundscale_ps(every, x, _MM_FROUND_TO_NEAREST_INT | 8);
}
/// x * 2^floor(k), rounded once.
KILN_INLINE f32 scale(f32 x, f32 k) { return _mm512_maskz_scalef_ps(every, x, k); }
/// The same, and 0 where m is not set: those lanes cost nothing, whatever they would underflow to.
KILN_INLINE f32 scale(f32 x, f32 k, predicate m) { return _mm512_maskz_scalef_ps(m, x, k); }

/// 1 / x and 1 / sqrt(x) within 2^-14, relatively.
KILN_INLINE f32 reciprocal_estimate(f32 x) { return _mm512_maskz_rcp14_ps(every, x); }
KILN_INLINE f32 rsqrt_estimate(f32 x) { return _mm512_maskz_rsqrt14_ps(every, x); }

/// The lane of `table` whose number is in the low four bits of each lane of `index`.
KILN_INLINE f32 lookup(f32 table, s32 index) {
  return _mm512_maskz_permutexvar_ps(every, index, table);
}

/// x, but no farther from zero than `most`; that or -most where x is NaN.
KILN_INLINE f32 bounded(f32 x, f32 most) {
  return _mm512_maskz_range_ps(every, x, most, 2);  // the smaller magnitude, the sign of x
}

/// The low byte of each lane of x and the other three of `rest`. Not the intrinsic: clang 14 makes
/// a shuffle and more of it.
KILN_INLINE s32 low_byte(s32 x, s32 rest) {
  s32 y;
  const __mmask64 low = 0x1111111111111111;
  asm("vpblendmb %2, %1, %0%{%3%}" : "=v"(y) : "v"(rest), "v"(x), "Yk"(low));
  return y;
}

/// The fraction in [3/4, 3/2); NaN where x < 0.
KILN_INLINE f32 fraction(f32 x) {
  return _mm512_maskz_getmant_ps(every, x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_nan);
}
/// The exponent that belongs to it; -inf for 0, +inf for infinity.
KILN_INLINE f32 exponent(f32 x) {
  const f32 floor_of_log2 = _mm512_maskz_getexp_ps(every, x);
  const predicate halved = _mm512_cmp_ps_mask(fraction(x), set(1.0F), _CMP_LT_OQ);
  return _mm512_mask_add_ps(floor_of_log2, halved, floor_of_log2, set(1.0F));
}

// --- comparison ---

KILN_INLINE predicate lt(f32 a, f32 b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
KILN_INLINE predicate le(f32 a, f32 b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
KILN_INLINE predicate eq(f32 a, f32 b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
KILN_INLINE predicate ne(f32 a, f32 b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
/// Not a < b: true with NaN.
KILN_INLINE predicate not_lt(f32 a, f32 b) { return _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ); }
KILN_INLINE predicate both(predicate a, predicate b) { return _kand_mask16(a, b); }
KILN_INLINE predicate either(predicate a, predicate b) { return _kor_mask16(a, b); }
KILN_INLINE predicate negate(predicate a) { return _knot_mask16(a); }
KILN_INLINE bool any(predicate a) { return a != 0; }
KILN_INLINE bool all(predicate a) { return a == 0xffffU; }
KILN_INLINE f32 select(predicate m, f32 a, f32 b) { return _mm512_mask_blend_ps(m, b, a); }
KILN_INLINE s32 select(predicate m, s32 a, s32 b) { return _mm512_mask_blend_epi32(m, b, a); }

// --- integers ---

KILN_INLINE s32 as_int(f32 x) { return _mm512_castps_si512(x); }
KILN_INLINE f32 as_float(s32 x) { return _mm512_castsi512_ps(x); }
KILN_INLINE s32 to_int(f32 x) { return _mm512_maskz_cvtps_epi32(every, x); }
KILN_INLINE f32 to_float(s32 x) { return _mm512_maskz_cvtepi32_ps(every, x); }
KILN_INLINE s32 add(s32 a, s32 b) { return _mm512_add_epi32(a, b); }
KILN_INLINE s32 sub(s32 a, s32 b) { return _mm512_sub_epi32(a, b); }
KILN_INLINE s32 mul(s32 a, s32 b) { return _mm512_mullo_epi32(a, b); }
KILN_INLINE s32 bit_and(s32 a, s32 b) { return _mm512_and_si512(a, b); }
KILN_INLINE s32 bit_or(s32 a, s32 b) { return _mm512_or_si512(a, b); }
KILN_INLINE s32 bit_xor(s32 a, s32 b) { return _mm512_xor_si512(a, b); }
KILN_INLINE predicate lt(s32 a, s32 b) { return _mm512_cmplt_epi32_mask(a, b); }
KILN_INLINE predicate eq(s32 a, s32 b) { return _mm512_cmpeq_epi32_mask(a, b); }
template <int Count>
KILN_INLINE s32 shift_left(s32 x) {
  return _mm512_maskz_slli_epi32(every, x, Count);
}
template <int Count>
KILN_INLINE s32 shift_right(s32 x) {  // keeps the sign
  return _mm512_maskz_srai_epi32(every, x, Count);
}
template <int Count>
KILN_INLINE s32 shift_right_logical(s32 x) {
  return _mm512_maskz_srli_epi32(every, x, Count);
}

// --- narrow elements: sixteen of them widened to 32 bits, and back ---

KILN_INLINE s32 load(const std::int8_t* p) {
  return _mm512_maskz_cvtepi8_epi32(every, _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
KILN_INLINE s32 load(const std::int8_t* p, prefix m) {
  return _mm512_maskz_cvtepi8_epi32(every, _mm_maskz_loadu_epi8(m, p));
}
KILN_INLINE s32 load(const std::uint8_t* p) {
  return _mm512_maskz_cvtepu8_epi32(every, _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
KILN_INLINE s32 load(const std::uint8_t* p, prefix m) {
  return _mm512_maskz_cvtepu8_epi32(every, _mm_maskz_loadu_epi8(m, p));
}
KILN_INLINE s32 load(const std::uint16_t* p) {
  return _mm512_maskz_cvtepu16_epi32(every,
                                     _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
KILN_INLINE s32 load(const std::uint16_t* p, prefix m) {
  return _mm512_maskz_cvtepu16_epi32(every, _mm256_maskz_loadu_epi16(m, p));
}
/// Stores the low part of every lane; the caller has clamped.
KILN_INLINE void store_low(std::uint8_t* p, s32 x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_maskz_cvtepi32_epi8(every, x));
}
KILN_INLINE void store_low(std::uint8_t* p, s32 x, prefix m) {
  _mm512_mask_cvtepi32_storeu_epi8(p, m, x);
}
/// Stores every lane as the nearest byte; as an unsigned one, a negative lane counts as a large
/// one.
KILN_INLINE void store_saturated(std::uint8_t* p, s32 x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_maskz_cvtusepi32_epi8(every, x));
}
KILN_INLINE void store_saturated(std::uint8_t* p, s32 x, prefix m) {
  _mm512_mask_cvtusepi32_storeu_epi8(p, m, x);
}
KILN_INLINE void store_saturated(std::int8_t* p, s32 x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_maskz_cvtsepi32_epi8(every, x));
}
KILN_INLINE void store_saturated(std::int8_t* p, s32 x, prefix m) {
  _mm512_mask_cvtsepi32_storeu_epi8(p, m, x);
}
/// Stores what two of the instructions that narrow two registers have made of x, y and x, y: the
/// bytes of x, then those of y.
KILN_INLINE void store_in_order(void* p, s32 bytes) {
  const s32 fours = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const s32 in_order = _mm512_maskz_permutexvar_epi32(every, fours, bytes);
  _mm256_storeu_si256(static_cast<__m256i*>(p),
                      __builtin_shufflevector(in_order, in_order, 0, 1, 2, 3));
}
/// The nearest bytes of x and then of y; a negative lane is a small number for both of them.
KILN_INLINE void store_saturated(std::uint8_t* p, s32 x, s32 y) {
  const s32 halves = _mm512_packs_epi32(x, y);
  store_in_order(p, _mm512_packus_epi16(halves, halves));
}
KILN_INLINE void store_saturated(std::int8_t* p, s32 x, s32 y) {
  const s32 halves = _mm512_packs_epi32(x, y);
  store_in_order(p, _mm512_packs_epi16(halves, halves));
}
#if defined(__AVX512BF16__)
KILN_INLINE bool has_denormals(f32 x) {
  constexpr int denormal = 0x20;
  return _mm512_fpclass_ps_mask(x, denormal) != 0;
}
/// Stores every lane as the nearest bf16, ties to even, NaN made quiet; denormals count as zero.
KILN_INLINE void store_bf16(std::uint16_t* p, f32 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                      __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(x)));
}
KILN_INLINE bool have_denormals(f32 x, f32 y) {
  constexpr int denormal = 0x20;
  return _kortestz_mask16_u8(_mm512_fpclass_ps_mask(x, denormal),
                             _mm512_fpclass_ps_mask(y, denormal))
         == 0;
}
KILN_INLINE void store_bf16(std::uint16_t* p, f32 x, f32 y) {
  _mm512_storeu_si512(p, __builtin_bit_cast(__m512i, _mm512_cvtne2ps_pbh(y, x)));
}
KILN_INLINE void store_bf16(std::uint16_t* p, f32 x, prefix m) {
  _mm256_mask_storeu_epi16(p, m, __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(x)));
}
#endif
KILN_INLINE void store_low(std::uint16_t* p, s32 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_maskz_cvtepi32_epi16(every, x));
}
KILN_INLINE void store_low(std::uint16_t* p, s32 x, prefix m) {
  _mm512_mask_cvtepi32_storeu_epi16(p, m, x);
}
KILN_INLINE f32 load_half(const std::uint16_t* p) {
  return _mm512_maskz_cvtph_ps(every, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
KILN_INLINE f32 load_half(const std::uint16_t* p, prefix m) {
  return _mm512_maskz_cvtph_ps(every, _mm256_maskz_loadu_epi16(m, p));
}
KILN_INLINE __m256i to_half(f32 x) {
  return _mm512_maskz_cvtps_ph(every, x, _MM_FROUND_TO_NEAREST_INT | 8);
}
KILN_INLINE void store_half(std::uint16_t* p, f32 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), to_half(x));
}
KILN_INLINE void store_half(std::uint16_t* p, f32 x, prefix m) {
  _mm256_mask_storeu_epi16(p, m, to_half(x));
}

// --- reductions: halves are combined until one lane is left ---

template <class Combine>
KILN_INLINE float reduce(f32 x, Combine combine) {
  x = combine(x, _mm512_maskz_shuffle_f32x4(every, x, x, 0x4e));  // lanes i and i + 8
  x = combine(x, _mm512_maskz_shuffle_f32x4(every, x, x, 0xb1));  // i and i + 4
  x = combine(x, _mm512_maskz_permute_ps(every, x, 0x4e));        // i and i + 2
  x = combine(x, _mm512_maskz_permute_ps(every, x, 0xb1));        // i and i + 1
  return _mm512_cvtss_f32(x);
}

namespace detail {
template <class Combine>
KILN_INLINE f32 reduce_pair(f32 a, f32 b, Combine combine) {  // sixteen lanes each to eight
  return combine(_mm512_maskz_shuffle_f32x4(every, a, b, 0x44),
                 _mm512_maskz_shuffle_f32x4(every, a, b, 0xee));
}
template <class Combine>
KILN_INLINE f32 reduce_four(f32 a, f32 b, f32 c, f32 d, Combine combine) {  // and to four
  const f32 ab = reduce_pair(a, b, combine);
  const f32 cd = reduce_pair(c, d, combine);
  return combine(_mm512_maskz_shuffle_f32x4(every, ab, cd, 0x88),
                 _mm512_maskz_shuffle_f32x4(every, ab, cd, 0xdd));
}
template <class Combine>
KILN_INLINE f32 reduce_eight(f32 a, f32 b, Combine combine) {  // and to two
  return combine(_mm512_maskz_shuffle_ps(every, a, b, 0x44),
                 _mm512_maskz_shuffle_ps(every, a, b, 0xee));
}
}  // namespace detail

/// Lane r is reduce(x[r]), by the same combinations: all at once take a quarter of the
/// instructions.
template <class Combine>
KILN_INLINE f32 reduce_each(const f32* x, Combine combine) {
  const f32 a = detail::reduce_four(x[0], x[4], x[8], x[12], combine);
  const f32 b = detail::reduce_four(x[1], x[5], x[9], x[13], combine);
  const f32 c = detail::reduce_four(x[2], x[6], x[10], x[14], combine);
  const f32 d = detail::reduce_four(x[3], x[7], x[11], x[15], combine);
  const f32 ab = detail::reduce_eight(a, b, combine);
  const f32 cd = detail::reduce_eight(c, d, combine);
  return combine(_mm512_maskz_shuffle_ps(every, ab, cd, 0x88),
                 _mm512_maskz_shuffle_ps(every, ab, cd, 0xdd));
}

/// Keeps the compiler from fusing a product into a following sum: both compilers then give the
/// same bits, and fma() is the one way to have it fused.
KILN_INLINE f32 rounded(f32 x) {
  asm("" : "+v"(x));
  return x;
}

}  // namespace avx512
}  // namespace kiln::simd::native
