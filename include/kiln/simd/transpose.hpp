// SPDX-License-Identifier: MIT
// Rows of 32-bit words turned into columns, whatever the elements in the words are.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if KILN_ISA_AVX512
#  include <kiln/simd/native/transpose_avx512.hpp>
#elif KILN_ISA_AVX2
#  include <kiln/simd/native/transpose_avx2.hpp>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

/// Word j of row i becomes word i of row j: `lanes` rows of as many words each. Rows lie `from_row`
/// and `to_row` bytes apart.
///
/// @shape   from: [lanes, lanes]; to: [lanes, lanes]
/// @cost    64 shuffles for sixteen lanes, 24 for eight; word by word elsewhere
/// @errors  none
KILN_INLINE void transpose_words(const std::byte* from,
                                 std::ptrdiff_t from_row,
                                 std::byte* to,
                                 std::ptrdiff_t to_row) {
#if KILN_ISA_AVX512 || KILN_ISA_AVX2
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    native::s32 rows[lanes] = {load_words(from + static_cast<std::ptrdiff_t>(I) * from_row).raw...};
    native::transpose(rows);
    (store(reinterpret_cast<std::int32_t*>(to + static_cast<std::ptrdiff_t>(I) * to_row),
           int_pack::wrap(rows[I])),
     ...);
  }
  (std::make_index_sequence<lanes>{});
#else
  constexpr auto count = static_cast<std::ptrdiff_t>(lanes);
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    for (std::ptrdiff_t j = 0; j < count; ++j) {
      std::memcpy(to + j * to_row + i * 4, from + i * from_row + j * 4, 4);
    }
  }
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
