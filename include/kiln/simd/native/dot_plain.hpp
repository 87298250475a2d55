// SPDX-License-Identifier: MIT
// Products of small numbers with nothing but 32-bit lanes: for the portable and the scalar
// vocabulary.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/native/partial.hpp>
#if KILN_ISA_PORTABLE
#  include <kiln/simd/native/portable.hpp>
#else
#  include <kiln/simd/native/scalar.hpp>
#endif

#include <cstdint>
#include <cstring>

namespace kiln::simd::native {
inline namespace KILN_ISA {

KILN_INLINE s32 load_words(const void* p) {
  std::int32_t words[lanes];
  std::memcpy(words, p, sizeof words);
  return load(words);
}
KILN_INLINE s32 broadcast_word(const void* p) {
  std::int32_t word;
  std::memcpy(&word, p, sizeof word);
  return set(word);
}
KILN_INLINE s32 broadcast_word(const void* p, unsigned bytes) {
  return set(static_cast<std::int32_t>(read_few(static_cast<const unsigned char*>(p), bytes)));
}

// --- u8 x s8, byte by byte ---

inline constexpr int byte_parts = 4;
template <int Part>
KILN_INLINE s32 left_bytes(s32 a) {
  if constexpr (Part != 0) a = shift_right_logical<8 * Part>(a);
  return bit_and(a, set(std::int32_t{0xff}));
}
template <int Part>
KILN_INLINE s32 right_bytes(s32 b) {
  if constexpr (Part != 3) b = shift_left<24 - 8 * Part>(b);
  return shift_right<24>(b);
}
KILN_INLINE void add_bytes(s32& sum, s32 a, s32 b) { sum = add(sum, mul(a, b)); }

KILN_INLINE void add_narrow_bytes(s32& sum, s32 a, s32 b) {
  add_bytes(sum, left_bytes<0>(a), right_bytes<0>(b));
  add_bytes(sum, left_bytes<1>(a), right_bytes<1>(b));
  add_bytes(sum, left_bytes<2>(a), right_bytes<2>(b));
  add_bytes(sum, left_bytes<3>(a), right_bytes<3>(b));
}

// --- bf16 x bf16: the upper elements first, as vdpbf16ps does ---

/// sum += a * b.
KILN_INLINE void add_product(f32& sum, f32 a, f32 b) { sum = fma(a, b, sum); }

/// The upper and the lower 16 bits of each lane as bf16, widened.
KILN_INLINE f32 upper_halves(s32 x) { return as_float(bit_and(x, set(std::int32_t{-0x10000}))); }
KILN_INLINE f32 lower_halves(s32 x) { return as_float(shift_left<16>(x)); }

inline constexpr int pair_parts = 2;
template <int Part>
KILN_INLINE s32 left_pair(s32 a) {
  return as_int(Part == 0 ? upper_halves(a) : lower_halves(a));
}
template <int Part>
KILN_INLINE s32 right_pair(s32 b) {
  return left_pair<Part>(b);
}
KILN_INLINE void add_pair(f32& sum, s32 a, s32 b) { add_product(sum, as_float(a), as_float(b)); }

}  // namespace KILN_ISA
}  // namespace kiln::simd::native
