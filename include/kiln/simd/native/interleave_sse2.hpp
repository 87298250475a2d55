// SPDX-License-Identifier: MIT
// Short elements of neighbouring rows side by side, on any x86-64.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <immintrin.h>

namespace kiln::simd::native {

KILN_INLINE __m128i load_line(const std::byte* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
KILN_INLINE void store_line(std::byte* p, __m128i x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), x);
}

// Eight 16-bit elements of two rows.
KILN_INLINE void interleave_pairs(__m128i a, __m128i b, std::byte* to) {
  store_line(to, _mm_unpacklo_epi16(a, b));
  store_line(to + 16, _mm_unpackhi_epi16(a, b));
}

// Sixteen bytes of four rows.
KILN_INLINE void interleave_quads(__m128i a, __m128i b, __m128i c, __m128i d, std::byte* to) {
  interleave_pairs(_mm_unpacklo_epi8(a, b), _mm_unpacklo_epi8(c, d), to);
  interleave_pairs(_mm_unpackhi_epi8(a, b), _mm_unpackhi_epi8(c, d), to + 32);
}

}  // namespace kiln::simd::native
