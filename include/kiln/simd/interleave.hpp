// SPDX-License-Identifier: MIT
// Short elements of neighbouring rows side by side: two of 16 bits or four bytes make a word.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <cstring>

#if defined(__SSE2__) && !KILN_ISA_SCALAR
#  include <kiln/simd/native/interleave_sse2.hpp>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

/// Word j holds element j of each of `Rows` rows, which lie `row` bytes apart: elements of 16 bits
/// in two rows, bytes in four. Sixteen words.
///
/// @shape   from: [Rows, 16]; to: [16, Rows]
/// @cost    an instruction for every two words; element by element where there is no SSE2
/// @errors  none
template <std::size_t Rows>
  requires(Rows == 2 || Rows == 4)
KILN_INLINE void interleave_words(const std::byte* from, std::ptrdiff_t row, std::byte* to) {
#if defined(__SSE2__) && !KILN_ISA_SCALAR
  using native::load_line;
  if constexpr (Rows == 2) {
    native::interleave_pairs(load_line(from), load_line(from + row), to);
    native::interleave_pairs(load_line(from + 16), load_line(from + row + 16), to + 32);
  } else {
    native::interleave_quads(load_line(from),
                             load_line(from + row),
                             load_line(from + 2 * row),
                             load_line(from + 3 * row),
                             to);
  }
#else
  constexpr std::size_t bytes = 4 / Rows;
  for (std::size_t j = 0; j < 16; ++j) {
    for (std::size_t i = 0; i < Rows; ++i, to += bytes) {
      std::memcpy(to, from + static_cast<std::ptrdiff_t>(i) * row + j * bytes, bytes);
    }
  }
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
