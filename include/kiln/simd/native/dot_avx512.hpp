// SPDX-License-Identifier: MIT
// Products of small numbers on AVX-512: with VNNI and BF16 where they are fast, else exact sums of
// 16-bit products and two multiply-adds.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/native/avx512.hpp>

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx512 {

KILN_INLINE s32 load_words(const void* p) { return _mm512_loadu_si512(p); }
KILN_INLINE s32 broadcast_word(const void* p) {
  std::int32_t word;
  std::memcpy(&word, p, sizeof word);
  return set(word);
}
KILN_INLINE s32 broadcast_word(const void* p, unsigned bytes) {
  const __m128i some = _mm_maskz_loadu_epi8(static_cast<__mmask16>((1U << bytes) - 1U), p);
  return _mm512_maskz_broadcastd_epi32(every, some);
}

// --- u8 x s8 ---

#if defined(__AVX512VNNI__)

inline constexpr int byte_parts = 1;
template <int>
KILN_INLINE s32 left_bytes(s32 a) {
  return a;
}
template <int>
KILN_INLINE s32 right_bytes(s32 b) {
  return b;
}
/// Not the intrinsic: g++ 12 copies the accumulator before each one in an unrolled loop.
KILN_INLINE void add_bytes(s32& sum, s32 a, s32 b) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

#else

// Even bytes, then odd ones, each widened to 16 bits where they stand: vpmaddwd cannot overflow
// on them, whereas vpmaddubsw saturates.
inline constexpr int byte_parts = 2;
inline constexpr __mmask32 every_half = 0xffffffffU;
template <int Part>
KILN_INLINE s32 left_bytes(s32 a) {
  return Part == 0 ? bit_and(a, set(0x00ff00ff)) : _mm512_maskz_srli_epi16(every_half, a, 8);
}
template <int Part>
KILN_INLINE s32 right_bytes(s32 b) {
  if (Part == 0) b = _mm512_maskz_slli_epi16(every_half, b, 8);
  return _mm512_maskz_srai_epi16(every_half, b, 8);
}
/// One statement, as g++ would add up the parts' products first and run out of registers.
KILN_INLINE void add_bytes(s32& sum, s32 a, s32 b) {
  s32 product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+v"(sum), "=v"(product) : "v"(a), "v"(b));
}

#endif

/// As add_bytes for b within [-64, 64): no pair of products overflows 16 bits.
KILN_INLINE void add_narrow_bytes(s32& sum, s32 a, s32 b) {
  const s32 product = _mm512_madd_epi16(_mm512_maddubs_epi16(a, b), _mm512_set1_epi16(1));
  asm("vpaddd %1, %0, %0" : "+v"(sum) : "v"(product));
}

// --- bf16 x bf16 ---

/// sum += a * b. Not the intrinsic: of several into one sum g++ 12 lets some end in another
/// register and copies it back.
KILN_INLINE void add_product(f32& sum, f32 a, f32 b) {
  asm("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// The upper and the lower 16 bits of each lane as bf16, widened. A mask instead of a constant:
/// that would take a register from the sums.
KILN_INLINE f32 upper_halves(s32 x) { return as_float(_mm512_maskz_mov_epi16(0xaaaaaaaaU, x)); }
KILN_INLINE f32 lower_halves(s32 x) { return as_float(shift_left<16>(x)); }

// Where AMX is, vdpbf16ps is slow: one in two cycles, half of what two multiply-adds do (Sapphire
// Rapids; Zen 4 starts one in each cycle, twice what two multiply-adds do).
#if defined(__AVX512BF16__) && !defined(__AMX_BF16__) && !defined(__AMXBF16__)

inline constexpr int pair_parts = 1;
template <int>
KILN_INLINE s32 left_pair(s32 a) {
  return a;
}
template <int>
KILN_INLINE s32 right_pair(s32 b) {
  return b;
}
KILN_INLINE void add_pair(f32& sum, s32 a, s32 b) {
  asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

#else

// The upper elements first, as vdpbf16ps does.
inline constexpr int pair_parts = 2;
template <int Part>
KILN_INLINE s32 right_pair(s32 b) {
  return as_int(Part == 0 ? upper_halves(b) : lower_halves(b));
}
template <int Part>
KILN_INLINE s32 left_pair(s32 a) {
  asm("" : "+v"(a));  // clang would shift in a general register and broadcast from there
  return right_pair<Part>(a);
}
KILN_INLINE void add_pair(f32& sum, s32 a, s32 b) { add_product(sum, as_float(a), as_float(b)); }

#endif

}  // namespace avx512
}  // namespace kiln::simd::native
