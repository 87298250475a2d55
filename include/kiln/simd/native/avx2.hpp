// SPDX-License-Identifier: MIT
// The vector vocabulary on AVX2 with FMA: one short function a primitive.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>
#include <kiln/simd/native/partial.hpp>

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx2 {

using f32 = __m256;
using s32 = __m256i;
using predicate = __m256;
inline constexpr std::size_t lanes = 8;

/// How many lanes take part. The vector form costs two instructions, which compilers share.
struct prefix final {
  unsigned count;
};

/// Whether fma() rounds once.
inline constexpr bool fuses = true;

// --- registers and memory ---

KILN_INLINE f32 set(float x) { return _mm256_set1_ps(x); }
KILN_INLINE s32 set(std::int32_t x) { return _mm256_set1_epi32(x); }
KILN_INLINE s32 iota() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
KILN_INLINE prefix first(std::size_t n) { return {static_cast<unsigned>(n >= lanes ? lanes : n)}; }
KILN_INLINE s32 bits_of(prefix m) {
  return _mm256_cmpgt_epi32(set(static_cast<std::int32_t>(m.count)), iota());
}
KILN_INLINE predicate to_predicate(prefix m) { return _mm256_castsi256_ps(bits_of(m)); }

KILN_INLINE f32 load(const float* p) { return _mm256_loadu_ps(p); }
KILN_INLINE f32 load(const float* p, prefix m) { return _mm256_maskload_ps(p, bits_of(m)); }
KILN_INLINE void store(float* p, f32 x) { _mm256_storeu_ps(p, x); }
KILN_INLINE void store(float* p, f32 x, prefix m) { _mm256_maskstore_ps(p, bits_of(m), x); }
KILN_INLINE s32 load(const std::int32_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
KILN_INLINE s32 load(const std::int32_t* p, prefix m) {
  return _mm256_maskload_epi32(p, bits_of(m));
}
KILN_INLINE void store(std::int32_t* p, s32 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x);
}
KILN_INLINE void store(std::int32_t* p, s32 x, prefix m) {
  _mm256_maskstore_epi32(p, bits_of(m), x);
}

KILN_INLINE f32 gather(const float* p, s32 index) { return _mm256_i32gather_ps(p, index, 4); }
KILN_INLINE f32 gather(const float* p, s32 index, prefix m) {
  return _mm256_mask_i32gather_ps(_mm256_setzero_ps(), p, index, to_predicate(m), 4);
}
KILN_INLINE void scatter(float* p, s32 index, f32 x, prefix m) {
  float value[lanes];
  std::int32_t at[lanes];
  store(value, x);
  store(at, index);
  for (std::size_t i = 0; i < m.count; ++i) p[at[i]] = value[i];
}
KILN_INLINE void scatter(float* p, s32 index, f32 x) { scatter(p, index, x, prefix{lanes}); }

// --- arithmetic ---

KILN_INLINE f32 add(f32 a, f32 b) { return _mm256_add_ps(a, b); }
KILN_INLINE f32 sub(f32 a, f32 b) { return _mm256_sub_ps(a, b); }
KILN_INLINE f32 mul(f32 a, f32 b) { return _mm256_mul_ps(a, b); }
KILN_INLINE f32 div(f32 a, f32 b) { return _mm256_div_ps(a, b); }
KILN_INLINE f32 fma(f32 a, f32 b, f32 c) { return _mm256_fmadd_ps(a, b, c); }
KILN_INLINE f32 fnma(f32 a, f32 b, f32 c) { return _mm256_fnmadd_ps(a, b, c); }
KILN_INLINE f32 min(f32 a, f32 b) { return _mm256_min_ps(a, b); }
KILN_INLINE f32 max(f32 a, f32 b) { return _mm256_max_ps(a, b); }
KILN_INLINE f32 sqrt(f32 x) { return _mm256_sqrt_ps(x); }
KILN_INLINE f32 floor(f32 x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEG_INF | 8); }
KILN_INLINE f32 ceil(f32 x) { return _mm256_round_ps(x, _MM_FROUND_TO_POS_INF | 8); }
KILN_INLINE f32 trunc(f32 x) { return _mm256_round_ps(x, _MM_FROUND_TO_ZERO | 8); }
KILN_INLINE f32 round(f32 x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | 8); }

// --- comparison ---

KILN_INLINE predicate lt(f32 a, f32 b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
KILN_INLINE predicate le(f32 a, f32 b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
KILN_INLINE predicate eq(f32 a, f32 b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
KILN_INLINE predicate ne(f32 a, f32 b) { return _mm256_cmp_ps(a, b, _CMP_NEQ_UQ); }
KILN_INLINE predicate both(predicate a, predicate b) { return _mm256_and_ps(a, b); }
KILN_INLINE predicate either(predicate a, predicate b) { return _mm256_or_ps(a, b); }
KILN_INLINE predicate negate(predicate a) {
  return _mm256_xor_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(-1)));
}
KILN_INLINE bool any(predicate a) { return _mm256_movemask_ps(a) != 0; }
KILN_INLINE bool all(predicate a) { return _mm256_movemask_ps(a) == 0xff; }
KILN_INLINE f32 select(predicate m, f32 a, f32 b) { return _mm256_blendv_ps(b, a, m); }
KILN_INLINE s32 select(predicate m, s32 a, s32 b) {
  return _mm256_blendv_epi8(b, a, _mm256_castps_si256(m));
}

// --- integers ---

KILN_INLINE s32 as_int(f32 x) { return _mm256_castps_si256(x); }
KILN_INLINE f32 as_float(s32 x) { return _mm256_castsi256_ps(x); }
KILN_INLINE s32 to_int(f32 x) { return _mm256_cvtps_epi32(x); }
KILN_INLINE f32 to_float(s32 x) { return _mm256_cvtepi32_ps(x); }
KILN_INLINE s32 add(s32 a, s32 b) { return _mm256_add_epi32(a, b); }
KILN_INLINE s32 sub(s32 a, s32 b) { return _mm256_sub_epi32(a, b); }
KILN_INLINE s32 mul(s32 a, s32 b) { return _mm256_mullo_epi32(a, b); }
KILN_INLINE s32 bit_and(s32 a, s32 b) { return _mm256_and_si256(a, b); }
KILN_INLINE s32 bit_or(s32 a, s32 b) { return _mm256_or_si256(a, b); }
KILN_INLINE s32 bit_xor(s32 a, s32 b) { return _mm256_xor_si256(a, b); }
KILN_INLINE predicate lt(s32 a, s32 b) { return _mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a)); }
KILN_INLINE predicate eq(s32 a, s32 b) { return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)); }
template <int Count>
KILN_INLINE s32 shift_left(s32 x) {
  return _mm256_slli_epi32(x, Count);
}
template <int Count>
KILN_INLINE s32 shift_right(s32 x) {  // keeps the sign
  return _mm256_srai_epi32(x, Count);
}
template <int Count>
KILN_INLINE s32 shift_right_logical(s32 x) {
  return _mm256_srli_epi32(x, Count);
}

// --- narrow elements: eight of them widened to 32 bits, and back ---

namespace detail {
KILN_INLINE __m128i from_pair(byte_pair b) {
  return _mm_set_epi64x(static_cast<long long>(b.high), static_cast<long long>(b.low));
}
KILN_INLINE byte_pair to_pair(__m128i x) {
  return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(x)),
          static_cast<std::uint64_t>(_mm_extract_epi64(x, 1))};
}
/// The low 16 bits of every lane.
KILN_INLINE __m128i low_words(s32 x) {
  const __m256i low = _mm256_and_si256(x, _mm256_set1_epi32(0xffff));
  const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
  return _mm256_castsi256_si128(packed);
}
/// The low 8 bits of every lane, in the low half.
KILN_INLINE __m128i low_bytes(s32 x) {
  const __m128i words = _mm_and_si128(low_words(x), _mm_set1_epi16(0xff));
  return _mm_packus_epi16(words, words);
}
KILN_INLINE __m128i load_words(const std::uint16_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
KILN_INLINE __m128i load_words(const std::uint16_t* p, prefix m) {
  return from_pair(read_pair(p, 2 * m.count));
}
}  // namespace detail

KILN_INLINE s32 load(const std::int8_t* p) {
  return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
KILN_INLINE s32 load(const std::int8_t* p, prefix m) {
  return _mm256_cvtepi8_epi32(detail::from_pair(read_pair(p, m.count)));
}
KILN_INLINE s32 load(const std::uint8_t* p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
KILN_INLINE s32 load(const std::uint8_t* p, prefix m) {
  return _mm256_cvtepu8_epi32(detail::from_pair(read_pair(p, m.count)));
}
KILN_INLINE s32 load(const std::uint16_t* p) {
  return _mm256_cvtepu16_epi32(detail::load_words(p));
}
KILN_INLINE s32 load(const std::uint16_t* p, prefix m) {
  return _mm256_cvtepu16_epi32(detail::load_words(p, m));
}
/// Stores the low part of every lane; the caller has clamped.
KILN_INLINE void store_low(std::uint8_t* p, s32 x) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), detail::low_bytes(x));
}
KILN_INLINE void store_low(std::uint8_t* p, s32 x, prefix m) {
  write_pair(p, detail::to_pair(detail::low_bytes(x)), m.count);
}
KILN_INLINE void store_low(std::uint16_t* p, s32 x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), detail::low_words(x));
}
KILN_INLINE void store_low(std::uint16_t* p, s32 x, prefix m) {
  write_pair(p, detail::to_pair(detail::low_words(x)), 2 * m.count);
}

#if defined(__F16C__)
KILN_INLINE f32 load_half(const std::uint16_t* p) { return _mm256_cvtph_ps(detail::load_words(p)); }
KILN_INLINE f32 load_half(const std::uint16_t* p, prefix m) {
  return _mm256_cvtph_ps(detail::load_words(p, m));
}
KILN_INLINE __m128i to_half(f32 x) { return _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT); }
KILN_INLINE void store_half(std::uint16_t* p, f32 x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), to_half(x));
}
KILN_INLINE void store_half(std::uint16_t* p, f32 x, prefix m) {
  write_pair(p, detail::to_pair(to_half(x)), 2 * m.count);
}
#else
KILN_INLINE f32 load_half(const std::uint16_t* p, prefix m) {
  float value[lanes] = {};
  for (std::size_t i = 0; i < m.count; ++i) value[i] = core::to_float(core::f16{p[i]});
  return load(value);
}
KILN_INLINE f32 load_half(const std::uint16_t* p) { return load_half(p, prefix{lanes}); }
KILN_INLINE void store_half(std::uint16_t* p, f32 x, prefix m) {
  float value[lanes];
  store(value, x);
  for (std::size_t i = 0; i < m.count; ++i) p[i] = core::to_f16(value[i]).bits;
}
KILN_INLINE void store_half(std::uint16_t* p, f32 x) { store_half(p, x, prefix{lanes}); }
#endif

// --- reductions: halves are combined until one lane is left ---

template <class Combine>
KILN_INLINE float reduce(f32 x, Combine combine) {
  x = combine(x, _mm256_permute2f128_ps(x, x, 0x01));  // lanes i and i + 4
  x = combine(x, _mm256_permute_ps(x, 0x4e));          // i and i + 2
  x = combine(x, _mm256_permute_ps(x, 0xb1));          // i and i + 1
  return _mm256_cvtss_f32(x);
}

namespace detail {
template <class Combine>
KILN_INLINE f32 reduce_pair(f32 a, f32 b, Combine combine) {  // eight lanes each to four
  return combine(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
template <class Combine>
KILN_INLINE f32 reduce_four(f32 a, f32 b, f32 c, f32 d, Combine combine) {  // and to two
  const f32 ab = reduce_pair(a, b, combine);
  const f32 cd = reduce_pair(c, d, combine);
  return combine(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
}
}  // namespace detail

/// Lane r is reduce(x[r]), by the same combinations: all at once take a third of the instructions.
template <class Combine>
KILN_INLINE f32 reduce_each(const f32* x, Combine combine) {
  const f32 ab = detail::reduce_four(x[0], x[4], x[1], x[5], combine);
  const f32 cd = detail::reduce_four(x[2], x[6], x[3], x[7], combine);
  return combine(_mm256_shuffle_ps(ab, cd, 0x88), _mm256_shuffle_ps(ab, cd, 0xdd));
}

/// Keeps the compiler from fusing a product into a following sum: both compilers then give the
/// same bits, and fma() is the one way to have it fused.
KILN_INLINE f32 rounded(f32 x) {
  asm("" : "+x"(x));
  return x;
}

}  // namespace avx2
}  // namespace kiln::simd::native
