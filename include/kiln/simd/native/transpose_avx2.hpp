// SPDX-License-Identifier: MIT
// Eight rows of eight words, turned into columns, on AVX2.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/native/avx2.hpp>

#include <cstddef>
#include <immintrin.h>

namespace kiln::simd::native {
inline namespace avx2 {

namespace detail {

// Four rows of four words in each half of the registers, transposed.
KILN_INLINE void transpose_halves(s32& a, s32& b, s32& c, s32& d) {
  const s32 ab_low = _mm256_unpacklo_epi32(a, b);
  const s32 ab_high = _mm256_unpackhi_epi32(a, b);
  const s32 cd_low = _mm256_unpacklo_epi32(c, d);
  const s32 cd_high = _mm256_unpackhi_epi32(c, d);
  a = _mm256_unpacklo_epi64(ab_low, cd_low);
  b = _mm256_unpackhi_epi64(ab_low, cd_low);
  c = _mm256_unpacklo_epi64(ab_high, cd_high);
  d = _mm256_unpackhi_epi64(ab_high, cd_high);
}
KILN_INLINE void swap_halves(s32& a, s32& b) {
  const s32 low = _mm256_permute2x128_si256(a, b, 0x20);
  b = _mm256_permute2x128_si256(a, b, 0x31);
  a = low;
}

}  // namespace detail

KILN_INLINE void transpose(s32 (&x)[lanes]) {
  detail::transpose_halves(x[0], x[1], x[2], x[3]);
  detail::transpose_halves(x[4], x[5], x[6], x[7]);
  detail::swap_halves(x[0], x[4]);
  detail::swap_halves(x[1], x[5]);
  detail::swap_halves(x[2], x[6]);
  detail::swap_halves(x[3], x[7]);
}

}  // namespace avx2
}  // namespace kiln::simd::native
