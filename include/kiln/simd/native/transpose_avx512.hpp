// SPDX-License-Identifier: MIT
// Sixteen rows of sixteen words, turned into columns, on AVX-512.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/native/avx512.hpp>

#include <cstddef>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx512 {

namespace detail {

// As `every`, for pairs of words.
inline constexpr __mmask8 every_second = 0xff;

// Four rows of four words in each quarter of the registers, transposed.
KILN_INLINE void transpose_quarters(s32& a, s32& b, s32& c, s32& d) {
  const s32 ab_low = _mm512_maskz_unpacklo_epi32(every, a, b);
  const s32 ab_high = _mm512_maskz_unpackhi_epi32(every, a, b);
  const s32 cd_low = _mm512_maskz_unpacklo_epi32(every, c, d);
  const s32 cd_high = _mm512_maskz_unpackhi_epi32(every, c, d);
  a = _mm512_maskz_unpacklo_epi64(every_second, ab_low, cd_low);
  b = _mm512_maskz_unpackhi_epi64(every_second, ab_low, cd_low);
  c = _mm512_maskz_unpacklo_epi64(every_second, ab_high, cd_high);
  d = _mm512_maskz_unpackhi_epi64(every_second, ab_high, cd_high);
}

// Four registers as a matrix of quarters, transposed.
KILN_INLINE void transpose_by_quarters(s32& a, s32& b, s32& c, s32& d) {
  const s32 ab_low = _mm512_maskz_shuffle_i32x4(every, a, b, 0x44);
  const s32 ab_high = _mm512_maskz_shuffle_i32x4(every, a, b, 0xee);
  const s32 cd_low = _mm512_maskz_shuffle_i32x4(every, c, d, 0x44);
  const s32 cd_high = _mm512_maskz_shuffle_i32x4(every, c, d, 0xee);
  a = _mm512_maskz_shuffle_i32x4(every, ab_low, cd_low, 0x88);
  b = _mm512_maskz_shuffle_i32x4(every, ab_low, cd_low, 0xdd);
  c = _mm512_maskz_shuffle_i32x4(every, ab_high, cd_high, 0x88);
  d = _mm512_maskz_shuffle_i32x4(every, ab_high, cd_high, 0xdd);
}

}  // namespace detail

KILN_INLINE void transpose(s32 (&x)[lanes]) {
  detail::transpose_quarters(x[0], x[1], x[2], x[3]);
  detail::transpose_quarters(x[4], x[5], x[6], x[7]);
  detail::transpose_quarters(x[8], x[9], x[10], x[11]);
  detail::transpose_quarters(x[12], x[13], x[14], x[15]);
  detail::transpose_by_quarters(x[0], x[4], x[8], x[12]);
  detail::transpose_by_quarters(x[1], x[5], x[9], x[13]);
  detail::transpose_by_quarters(x[2], x[6], x[10], x[14]);
  detail::transpose_by_quarters(x[3], x[7], x[11], x[15]);
}

}  // namespace avx512
}  // namespace kiln::simd::native
