// SPDX-License-Identifier: MIT
// Products of small numbers on AVX2: AVX-VNNI if compiled for it, else exact sums of 16-bit
// products; two multiply-adds for a pair of bf16.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/native/avx2.hpp>
#include <kiln/simd/native/partial.hpp>

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx2 {

KILN_INLINE s32 load_words(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
KILN_INLINE s32 broadcast_word(const void* p) {
  std::int32_t word;
  std::memcpy(&word, p, sizeof word);
  return set(word);
}
KILN_INLINE s32 broadcast_word(const void* p, unsigned bytes) {
  return set(static_cast<std::int32_t>(read_few(static_cast<const unsigned char*>(p), bytes)));
}

// --- u8 x s8 ---

#if defined(__AVXVNNI__)

inline constexpr int byte_parts = 1;
template <int>
KILN_INLINE s32 left_bytes(s32 a) {
  return a;
}
template <int>
KILN_INLINE s32 right_bytes(s32 b) {
  return b;
}
KILN_INLINE void add_bytes(s32& sum, s32 a, s32 b) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
}

#else

// Even bytes, then odd ones, each widened to 16 bits where they stand: vpmaddwd cannot overflow
// on them, whereas vpmaddubsw saturates.
inline constexpr int byte_parts = 2;
template <int Part>
KILN_INLINE s32 left_bytes(s32 a) {
  return Part == 0 ? bit_and(a, set(0x00ff00ff)) : _mm256_srli_epi16(a, 8);
}
template <int Part>
KILN_INLINE s32 right_bytes(s32 b) {
  return _mm256_srai_epi16(Part == 0 ? _mm256_slli_epi16(b, 8) : b, 8);
}
/// One statement, as g++ would add up the parts' products first and run out of registers.
KILN_INLINE void add_bytes(s32& sum, s32 a, s32 b) {
  s32 product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=x"(product) : "x"(a), "x"(b));
}

#endif

/// As add_bytes for b within [-64, 64): no pair of products overflows 16 bits.
KILN_INLINE void add_narrow_bytes(s32& sum, s32 a, s32 b) {
  const s32 product = _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1));
  asm("vpaddd %1, %0, %0" : "+x"(sum) : "x"(product));
}

// --- bf16 x bf16: the upper elements first, as vdpbf16ps does ---

/// sum += a * b. Not the intrinsic: of several into one sum g++ 12 lets some end in another
/// register and copies it back.
KILN_INLINE void add_product(f32& sum, f32 a, f32 b) {
  asm("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
}

/// The upper and the lower 16 bits of each lane as bf16, widened.
KILN_INLINE f32 upper_halves(s32 x) { return as_float(bit_and(x, set(-0x10000))); }
KILN_INLINE f32 lower_halves(s32 x) { return as_float(shift_left<16>(x)); }

inline constexpr int pair_parts = 2;
template <int Part>
KILN_INLINE s32 right_pair(s32 b) {
  return as_int(Part == 0 ? upper_halves(b) : lower_halves(b));
}
template <int Part>
KILN_INLINE s32 left_pair(s32 a) {
  asm("" : "+x"(a));  // clang would shift in a general register and broadcast from there
  return right_pair<Part>(a);
}
KILN_INLINE void add_pair(f32& sum, s32 a, s32 b) { add_product(sum, as_float(a), as_float(b)); }

}  // namespace avx2
}  // namespace kiln::simd::native
