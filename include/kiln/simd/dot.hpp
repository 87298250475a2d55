// SPDX-License-Identifier: MIT
// Products of neighbours: 32-bit words of two bf16 or four bytes, multiplied element by element and
// added up in 32-bit lanes.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/pack.hpp>

#if KILN_ISA_AVX512
#  include <kiln/simd/native/dot_avx512.hpp>
#elif KILN_ISA_AVX2
#  include <kiln/simd/native/dot_avx2.hpp>
#else
#  include <kiln/simd/native/dot_plain.hpp>
#endif

#include <cstddef>

namespace kiln::simd {
inline namespace KILN_ISA {

/// A word for each lane at p, whatever the elements in it are.
///
/// @cost    one load
/// @errors  none
KILN_INLINE int_pack load_words(const void* p) { return int_pack::wrap(native::load_words(p)); }

/// The word at p in every lane.
///
/// @cost    one load
/// @errors  none
KILN_INLINE int_pack broadcast_word(const void* p) {
  return int_pack::wrap(native::broadcast_word(p));
}
/// Its first `bytes` = 1, 2 or 3 bytes; the others are zero and their memory is not read.
KILN_INLINE int_pack broadcast_word(const void* p, std::size_t bytes) {
  return int_pack::wrap(native::broadcast_word(p, static_cast<unsigned>(bytes)));
}

/// The upper or the lower halves of words of two bf16, as floats.
KILN_INLINE pack upper_halves(int_pack words) {
  return pack::wrap(native::upper_halves(words.raw));
}
KILN_INLINE pack lower_halves(int_pack words) {
  return pack::wrap(native::lower_halves(words.raw));
}

/// sum += a * b in the sum's own register, rounded as fma.
KILN_INLINE void add_product(pack& sum, pack a, pack b) {
  native::add_product(sum.raw, a.raw, b.raw);
}

/// Keeps the compiler from carrying what was read before over to what comes behind: registers are
/// dearer than reading again.
KILN_INLINE void read_again() { asm volatile("" ::: "memory"); }

// A dot is done in `parts` steps: add(sum, left<P>(a), right<P>(b)) for each P < parts in order.
// What left() and right() do to a word is then done once for all sums that it takes part in. Sums
// are references, as g++ 12 copies what passes by value through an asm statement.

/// sum += a[0] b[0] + ... + a[3] b[3] in each lane, of unsigned bytes a and signed bytes b.
///
/// @cost      one instruction with AVX-512 VNNI or AVX-VNNI, two in two parts else
/// @errors    none
/// @accuracy  exact; sums wrap around
struct byte_dot final {
  using sum = int_pack;
  static constexpr int parts = native::byte_parts;

  template <int Part>
  static KILN_INLINE int_pack left(int_pack a) {
    return int_pack::wrap(native::left_bytes<Part>(a.raw));
  }
  template <int Part>
  static KILN_INLINE int_pack right(int_pack b) {
    return int_pack::wrap(native::right_bytes<Part>(b.raw));
  }
  static KILN_INLINE void add(int_pack& sum, int_pack a, int_pack b) {
    native::add_bytes(sum.raw, a.raw, b.raw);
  }
};

/// The same for signed bytes b of at most seven bits, [-64, 64).
///
/// @cost      three instructions where byte_dot takes four and what its parts cost
/// @errors    none
/// @accuracy  exact on that range; beyond it pairs of products may saturate, on some machines
struct narrow_byte_dot final {
  using sum = int_pack;
  static constexpr int parts = 1;

  template <int>
  static KILN_INLINE int_pack left(int_pack a) {
    return a;
  }
  template <int>
  static KILN_INLINE int_pack right(int_pack b) {
    return b;
  }
  static KILN_INLINE void add(int_pack& sum, int_pack a, int_pack b) {
    if constexpr (byte_dot::parts == 1) return byte_dot::add(sum, a, b);
    native::add_narrow_bytes(sum.raw, a.raw, b.raw);
  }
};

/// sum += a[1] b[1], then += a[0] b[0] in each lane, of pairs of bf16. Every product is exact.
///
/// @cost      one instruction where vdpbf16ps is fast, two multiply-adds in two parts else
/// @errors    none
/// @accuracy  two roundings. vdpbf16ps takes denormal numbers for zero and makes denormal sums
///            zero; apart from those the same bits everywhere
struct pair_dot final {
  using sum = pack;
  static constexpr int parts = native::pair_parts;

  template <int Part>
  static KILN_INLINE int_pack left(int_pack a) {
    return int_pack::wrap(native::left_pair<Part>(a.raw));
  }
  template <int Part>
  static KILN_INLINE int_pack right(int_pack b) {
    return int_pack::wrap(native::right_pair<Part>(b.raw));
  }
  static KILN_INLINE void add(pack& sum, int_pack a, int_pack b) {
    native::add_pair(sum.raw, a.raw, b.raw);
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::simd
