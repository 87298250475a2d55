// SPDX-License-Identifier: MIT
// Whether two pieces of memory share a byte.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// The bytes that rows of a tensor occupy; the gaps between them belong to somebody else.
struct footprint final {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::size_t row_bytes = 0;
  std::size_t stride_bytes = 0;  // between the starts of rows

  constexpr footprint() = default;
  constexpr footprint(std::uintptr_t first, std::size_t rows, std::size_t row, std::size_t stride)
      : begin(first),
        end(first + (rows - 1) * stride + row),
        row_bytes(row),
        stride_bytes(stride) {}
  /// One piece without gaps.
  footprint(const void* data, std::size_t bytes)
      : footprint(reinterpret_cast<std::uintptr_t>(data), 1, bytes, bytes) {}

  [[nodiscard]] constexpr bool is_one_piece() const { return end - begin <= row_bytes; }
};

namespace detail {

/// Pieces [begin, end) cross, but the rows may lie in each other's gaps.
constexpr bool rows_overlap(const footprint& a, const footprint& b) {
  if (a.is_one_piece() || b.is_one_piece() || a.stride_bytes != b.stride_bytes) return true;
  const std::size_t stride = a.stride_bytes;
  // b's rows start `ahead` bytes behind starts of a's, and each ends before a's next one starts.
  const std::size_t ahead = b.begin >= a.begin ? (b.begin - a.begin) % stride
                                               : (stride - (a.begin - b.begin) % stride) % stride;
  return ahead < a.row_bytes || ahead + b.row_bytes > stride;
}

}  // namespace detail

/// True if a and b share a byte. Exact for rows of one stride, as the column blocks of one matrix
/// are; for other interleaved rows the answer is on the safe side.
///
/// @cost    two comparisons for memory that is apart
/// @errors  none
KILN_INLINE constexpr bool overlap(const footprint& a, const footprint& b) {
  return a.end > b.begin && b.end > a.begin && detail::rows_overlap(a, b);
}

static_assert(overlap({100, 1, 8, 8}, {107, 1, 8, 8}) && !overlap({100, 1, 8, 8}, {108, 1, 8, 8}));
static_assert(!overlap({100, 5, 8, 20}, {108, 5, 12, 20}));  // two column blocks of one matrix
static_assert(overlap({100, 5, 8, 20}, {108, 5, 13, 20}));

}  // namespace KILN_ISA
}  // namespace kiln::runtime
