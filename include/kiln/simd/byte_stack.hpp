// SPDX-License-Identifier: MIT
// Short pieces of several rows side by side, with gaps filled up with zeros: pixels of a few bytes.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/processor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if KILN_ISA_AVX512
#  include <immintrin.h>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

#if KILN_ISA_AVX512
namespace detail {

// Every processor with tiles permutes bytes, but who compiles for tiles need not say so.
inline bool permutes_bytes() noexcept {
#  if defined(__AVX512VBMI__)
  return true;
#  else
  static const bool answer = (this_processor().leaf7_c >> 1 & 1U) != 0;
  return answer;
#  endif
}
KILN_INLINE __m512i permuted(__m512i into, __mmask64 taken, __m512i order, __m512i from) {
  asm("vpermb %[from], %[order], %[into]%{%[taken]%}"
      : [into] "+v"(into)
      : [from] "v"(from), [order] "v"(order), [taken] "Yk"(taken));
  return into;
}

}  // namespace detail
#endif

/// Pixel i of the result is piece i of each of some rows, one behind the other, and zeros up to
/// the next pixel.
class byte_stack final {
 public:
  static constexpr std::size_t most_rows = 4;

  /// @pre  0 < rows <= most_rows; 0 < piece; rows * piece <= pixel
  byte_stack(std::size_t rows, std::size_t piece, std::size_t pixel) noexcept
      : rows_(rows),
        piece_(piece),
        pixel_(pixel),
        at_once_(64 / pixel) {
#if KILN_ISA_AVX512
    for (std::size_t i = 0; i < at_once_; ++i) {
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t k = 0; k < piece; ++k) {
          const std::size_t to = i * pixel + r * piece + k;
          from_[r][to] = static_cast<std::uint8_t>(i * piece + k);
          taken_[r] |= std::uint64_t{1} << to;
        }
      }
    }
#endif
  }

  /// @shape   from: rows of [count, piece]; to: [count, pixel]
  /// @cost    where bytes can be permuted, a load and a permutation a row for as many pixels as 64
  ///          bytes hold; else a copy of a few bytes for every piece
  /// @errors  none
  void operator()(const std::array<const std::byte*, most_rows>& from,
                  std::size_t count,
                  std::byte* to) const noexcept {
    std::size_t i = 0;
#if KILN_ISA_AVX512
    if (at_once_ > 0 && detail::permutes_bytes()) {
      for (; i < count; i += at_once_, to += at_once_ * pixel_) {
        const std::size_t now = std::min(at_once_, count - i);
        const __mmask64 loaded = _cvtu64_mask64(~std::uint64_t{0} >> (64 - now * piece_));
        __m512i all = _mm512_setzero_si512();
        for (std::size_t r = 0; r < rows_; ++r) {
          const __m512i row = _mm512_maskz_loadu_epi8(loaded, from[r] + i * piece_);
          const __m512i order = _mm512_load_si512(from_[r].data());
          all = detail::permuted(all, _cvtu64_mask64(taken_[r]), order, row);
        }
        _mm512_mask_storeu_epi8(to, _cvtu64_mask64(~std::uint64_t{0} >> (64 - now * pixel_)), all);
      }
    }
#endif
    for (; i < count; ++i, to += pixel_) {
      for (std::size_t r = 0; r < rows_; ++r) {
        std::memcpy(to + r * piece_, from[r] + i * piece_, piece_);
      }
      std::memset(to + rows_ * piece_, 0, pixel_ - rows_ * piece_);
    }
  }

 private:
  std::size_t rows_;
  std::size_t piece_;
  std::size_t pixel_;
  std::size_t at_once_;  // pixels of a line of 64 bytes
#if KILN_ISA_AVX512
  // For each row and byte of a line of results, which byte of the row it is, if it is one.
  alignas(64) std::array<std::array<std::uint8_t, 64>, most_rows> from_{};
  std::array<std::uint64_t, most_rows> taken_{};
#endif
};

}  // namespace KILN_ISA
}  // namespace kiln::simd
