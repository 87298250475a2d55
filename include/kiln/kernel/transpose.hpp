// SPDX-License-Identifier: MIT
// Columns that are arrays, turned into rows of sixteen: a transposed matrix on its way to panels.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/simd/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace kiln::kernel {
inline namespace KILN_ISA {

namespace detail {

inline constexpr std::size_t word = 4;
inline constexpr std::size_t side = 16;  // words
inline constexpr std::size_t row_bytes = side * word;

// Sixteen columns of sixteen words.
KILN_INLINE void transpose_square(const std::byte* from, std::ptrdiff_t column, std::byte* to) {
  constexpr auto row = static_cast<std::ptrdiff_t>(row_bytes);
  constexpr auto step = static_cast<std::ptrdiff_t>(simd::lanes);
  for (std::ptrdiff_t j = 0; j < static_cast<std::ptrdiff_t>(side); j += step) {
    for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(side); i += step) {
      simd::transpose_words(from + j * column + i * 4, column, to + i * row + j * 4, row);
    }
  }
}

// The same for fewer columns or words: by way of a whole square.
inline void transpose_part(const std::byte* from,
                           std::ptrdiff_t column,
                           std::size_t columns,
                           std::size_t bytes,
                           std::byte* to) {
  alignas(64) std::byte whole[side * row_bytes] = {};
  alignas(64) std::byte turned[side * row_bytes];
  for (std::size_t j = 0; j < columns; ++j, from += column) {
    std::memcpy(whole + j * row_bytes, from, bytes);
  }
  transpose_square(whole, static_cast<std::ptrdiff_t>(row_bytes), turned);
  std::memcpy(to, turned, core::ceil_div(bytes, word) * row_bytes);
}

}  // namespace detail

/// Word i of column j becomes word j of row i. Rows have sixteen words, which columns that do not
/// exist leave zero, as do the bytes by which columns end within a word.
///
/// @shape   from: `columns` times `bytes`, `column` bytes apart; to: [ceil(bytes / 4), 16] words
/// @cost    reads and writes everything once, a shuffle for every four words
/// @pre     columns <= 16; to does not overlap from
/// @errors  none
inline void columns_to_rows(const std::byte* from,
                            std::ptrdiff_t column,
                            std::size_t columns,
                            std::size_t bytes,
                            std::byte* to) noexcept {
  constexpr std::size_t square = detail::row_bytes;
  const std::size_t whole = columns == detail::side ? bytes / square * square : 0;
  for (std::size_t b = 0; b < whole; b += square, to += detail::side * square) {
    detail::transpose_square(from + b, column, to);
  }
  for (std::size_t b = whole; b < bytes; b += square, to += detail::side * square) {
    detail::transpose_part(from + b, column, columns, std::min(square, bytes - b), to);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel
