// SPDX-License-Identifier: MIT
// The right-hand side of a product in few bits: panels of words, with a scale for every group of
// neighbours along k.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/simd/small_number.hpp>

#include <cstddef>
#include <type_traits>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// What is known of weights in groups when code is made. b[i, j] stands for
///
///     (number[i, j] - zero[i / group, j]) * scale[i / group, j]
///
/// with one zero point for all, the middle of the numbers' range, where there are no others.
struct grouped_form final {
  int bits = 0;        // of an unsigned number: 4 or 8; 0: b is none of these
  int half_scale = 0;  // 1: scales are f16, else f32
  int zeros = 0;       // 1: every group of a column has a zero point
  int half_zero = 0;   // 1: those are f16, else f32

  friend constexpr bool operator==(const grouped_form&, const grouped_form&) = default;
};

/// Numbers of a 32-bit word, neighbours along k, the first one in the low bits. Groups are made of
/// whole words.
constexpr std::size_t numbers_of_word(const grouped_form& f) {
  return f.bits == 0 ? 1 : 32 / static_cast<std::size_t>(f.bits);
}

/// The zero point where there are no others.
constexpr int middle_of(const grouped_form& f) { return 1 << (f.bits - 1); }

/// The two sides of such a product, [m, k] and [k, n].
///
/// @shape  scale, zero: [k / group, n], packed by pack_b() as f32 or f16
struct grouped_operands final {
  const float* a;
  std::ptrdiff_t a_row;
  const std::byte* b;  // words in panels: pack_b() of bytes, in which two numbers of 4 bits lie
  const std::byte* scale;
  const std::byte* zero;  // null where grouped_form::zeros is 0
  std::size_t m;
  std::size_t n;
  std::size_t k;
  std::size_t group;
};

/// Where a pack of columns has its words and its groups' parameters.
template <grouped_form F>
struct grouped_columns final {
  static constexpr std::size_t together = numbers_of_word(F);
  static constexpr std::size_t row_bytes = panel * 4;
  using scale_element = std::conditional_t<F.half_scale != 0, core::f16, float>;
  using zero_element = std::conditional_t<F.half_zero != 0, core::f16, float>;

  const std::byte* words;
  const scale_element* scale;
  const zero_element* zero;

  KILN_INLINE grouped_columns() = default;
  KILN_INLINE grouped_columns(const grouped_operands& x, std::size_t col) {
    const std::size_t whole = col / panel, inner = col % panel;
    const std::size_t at = whole * panel * (x.k / x.group) + inner;
    words = x.b + whole * (x.k / together) * row_bytes + inner * 4;
    scale = reinterpret_cast<const scale_element*>(x.scale) + at;
    zero = F.zeros != 0 ? reinterpret_cast<const zero_element*>(x.zero) + at : nullptr;
  }

  /// Parameters of a group, counted from the first one.
  [[nodiscard]] KILN_INLINE simd::pack scale_of(std::size_t g) const {
    return simd::load_as(scale + g * panel);
  }
  [[nodiscard]] KILN_INLINE simd::pack zero_of(std::size_t g) const {
    if constexpr (F.zeros != 0) return simd::load_as(zero + g * panel);
    return simd::zero();
  }
  /// Words of the w-th row of the panel.
  [[nodiscard]] KILN_INLINE simd::int_pack word(std::size_t w) const {
    return simd::load_words(words + w * row_bytes);
  }
  /// The Part-th numbers of words, less the zero point.
  template <int Part>
  static KILN_INLINE simd::pack number(simd::int_pack word, [[maybe_unused]] simd::pack zero) {
    if constexpr (F.zeros != 0) {
      return simd::small_number<F.bits, Part>(word) - zero;
    } else {
      return simd::small_number<F.bits, Part, middle_of(F)>(word);
    }
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
