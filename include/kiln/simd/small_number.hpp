// SPDX-License-Identifier: MIT
// Unsigned numbers of 4 or 8 bits, which fill 32-bit words, as floats.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <array>
#include <bit>
#include <cstddef>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// 0 - Less, 1 - Less, ...: what four bits stand for.
template <int Less>
alignas(64) inline constexpr auto four_bits = [] {
  std::array<float, 16> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(i) - Less;
  return table;
}();

}  // namespace detail

/// In each lane, the Part-th number of Bits bits of a word, counted from its low end, minus Less.
///
/// @cost      four bits: a shift and a look-up with AVX-512 (part 0: the look-up); else a shift,
///            two operations on bits (with AVX-512 one) and a subtraction
/// @errors    none
/// @accuracy  exact
template <int Bits, int Part, int Less = 0>
KILN_INLINE pack small_number(int_pack words) {
  static_assert((Bits == 4 || Bits == 8) && Part >= 0 && Part < 32 / Bits);
  int_pack low = words;
  if constexpr (Part > 0) low = shift_right_logical<Part * Bits>(words);
#if KILN_ISA_AVX512
  if constexpr (Bits == 4) {
    const native::f32 table = native::load(detail::four_bits<Less>.data());
    return pack::wrap(native::lookup(table, low.raw));
  }
#endif
  // The last bits of the fraction of 2^23 + x are x.
  constexpr float base = 8388608.0F;
  const int_pack rest(std::bit_cast<int>(base));
#if KILN_ISA_AVX512
  const int_pack bits = int_pack::wrap(native::low_byte(low.raw, rest.raw));
#else
  const int_pack bits = (low & int_pack((1 << Bits) - 1)) | rest;
#endif
  return as_float(bits) - pack(base + static_cast<float>(Less));
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
