// SPDX-License-Identifier: MIT
// Which numbers a product multiplies and what it adds them up in, one step of k at a time.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>
#include <kiln/core/target.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Elements of a and b. Sums are f32, or s32 where b is s8.
enum class arithmetic : int {
  f32,       // f32 x f32
  f32_f16,   // f32 x f16, which is widened where it is used
  f32_bf16,  // f32 x bf16, from the panels of bf16
  bf16,      // bf16 x bf16
  u8s8,      // u8 x s8, exact
  s8s8,      // s8 x s8: a becomes u8 in every step, which takes half as long again
  u8s7       // u8 x s8 within [-64, 64): faster on machines without VNNI
};

/// Neighbours along k that lie side by side in packed panels: one step takes them all.
constexpr std::size_t neighbours(arithmetic x) {
  switch (x) {
    case arithmetic::f32:
    case arithmetic::f32_f16:
      return 1;
    case arithmetic::f32_bf16:
    case arithmetic::bf16:
      return 2;
    default:
      return 4;
  }
}

/// Bytes of an element of a.
constexpr std::size_t a_elem_bytes(arithmetic x) {
  if (neighbours(x) == 4) return 1;
  return x == arithmetic::bf16 ? 2 : 4;
}

/// Bytes of an element of b.
constexpr std::size_t b_elem_bytes(arithmetic x) {
  if (neighbours(x) == 4) return 1;
  return x == arithmetic::f32 ? 4 : 2;
}

/// True if sums are whole numbers.
constexpr bool sums_integers(arithmetic x) { return neighbours(x) == 4; }

/// True if the sum of each column of b belongs into the result: a was, or will be, taken for
/// unsigned by adding 128.
constexpr bool shifts_a(arithmetic x) { return x == arithmetic::s8s8; }

namespace detail {
template <arithmetic X>
struct elements final {
  using a = float;
  using b = float;
};
template <>
struct elements<arithmetic::f32_f16> final {
  using a = float;
  using b = core::f16;
};
template <>
struct elements<arithmetic::f32_bf16> final {
  using a = float;
  using b = core::bf16;
};
template <>
struct elements<arithmetic::bf16> final {
  using a = core::bf16;
  using b = core::bf16;
};
template <>
struct elements<arithmetic::u8s8> final {
  using a = std::uint8_t;
  using b = std::int8_t;
};
template <>
struct elements<arithmetic::s8s8> final {
  using a = std::int8_t;
  using b = std::int8_t;
};
template <>
struct elements<arithmetic::u8s7> final {
  using a = std::uint8_t;
  using b = std::int8_t;
};
}  // namespace detail

/// What a and b are arrays of, and what the sums are.
template <arithmetic X>
using a_element = typename detail::elements<X>::a;
template <arithmetic X>
using b_element = typename detail::elements<X>::b;
template <arithmetic X>
using sum_element = std::conditional_t<sums_integers(X), std::int32_t, float>;
template <arithmetic X>
using sum_pack = std::conditional_t<sums_integers(X), simd::int_pack, simd::pack>;

/// One step of k in `parts` parts: add(sum, left<P>(a), right<P>(b)) for P < parts, in which
/// right() is what a pack of columns shares and left() what a row does.
///
///     right<P>(b)            b: a pack's place in a row of a panel
///     left<P>(a)             a: the row's place, all neighbours exist
///     left<P>(a, some)       a: only the first `some` of them exist
template <arithmetic X>
struct step_of;

template <>
struct step_of<arithmetic::f32> final {
  static constexpr int parts = 1;

  template <int>
  static KILN_INLINE simd::pack right(const std::byte* b) {
    return simd::load(reinterpret_cast<const float*>(b));
  }
  template <int>
  static KILN_INLINE simd::pack left(const std::byte* a) {
    return simd::broadcast(reinterpret_cast<const float*>(a));
  }
  static KILN_INLINE void add(simd::pack& sum, simd::pack a, simd::pack b) {
    sum = simd::fma(a, b, sum);
  }
};

template <>
struct step_of<arithmetic::f32_f16> final {
  static constexpr int parts = 1;

  template <int>
  static KILN_INLINE simd::pack right(const std::byte* b) {
    return simd::load_as(reinterpret_cast<const core::f16*>(b));
  }
  template <int>
  static KILN_INLINE simd::pack left(const std::byte* a) {
    return simd::broadcast(reinterpret_cast<const float*>(a));
  }
  static KILN_INLINE void add(simd::pack& sum, simd::pack a, simd::pack b) {
    sum = simd::fma(a, b, sum);
  }
};

// Pairs are widened in registers: one shift or one mask a pack and row of b, which the rows share.
template <>
struct step_of<arithmetic::f32_bf16> final {
  static constexpr int parts = 2;

  template <int Part>
  static KILN_INLINE simd::pack right(const std::byte* b) {
    const simd::int_pack pair = simd::load_words(b);
    return Part == 0 ? simd::lower_halves(pair) : simd::upper_halves(pair);
  }
  template <int Part>
  static KILN_INLINE simd::pack left(const std::byte* a) {
    return simd::broadcast(reinterpret_cast<const float*>(a) + Part);
  }
  // The missing one is a zero of b times this.
  template <int Part>
  static KILN_INLINE simd::pack left(const std::byte* a, std::size_t) {
    return Part == 0 ? left<0>(a) : simd::zero();
  }
  static KILN_INLINE void add(simd::pack& sum, simd::pack a, simd::pack b) {
    simd::add_product(sum, a, b);
  }
};

template <>
struct step_of<arithmetic::bf16> final {
  static constexpr int parts = simd::pair_dot::parts;

  template <int Part>
  static KILN_INLINE simd::int_pack right(const std::byte* b) {
    return simd::pair_dot::right<Part>(simd::load_words(b));
  }
  template <int Part>
  static KILN_INLINE simd::int_pack left(const std::byte* a) {
    return simd::pair_dot::left<Part>(simd::broadcast_word(a));
  }
  template <int Part>
  static KILN_INLINE simd::int_pack left(const std::byte* a, std::size_t some) {
    return simd::pair_dot::left<Part>(simd::broadcast_word(a, 2 * some));
  }
  static KILN_INLINE void add(simd::pack& sum, simd::int_pack a, simd::int_pack b) {
    simd::pair_dot::add(sum, a, b);
  }
};

namespace detail {
template <class Dot, std::int32_t Flip>
struct byte_step {
  static constexpr int parts = Dot::parts;

  template <int Part>
  static KILN_INLINE simd::int_pack right(const std::byte* b) {
    return Dot::template right<Part>(simd::load_words(b));
  }
  template <int Part>
  static KILN_INLINE simd::int_pack left(const std::byte* a) {
    return Dot::template left<Part>(flipped(simd::broadcast_word(a)));
  }
  template <int Part>
  static KILN_INLINE simd::int_pack left(const std::byte* a, std::size_t some) {
    return Dot::template left<Part>(flipped(simd::broadcast_word(a, some)));
  }
  static KILN_INLINE void add(simd::int_pack& sum, simd::int_pack a, simd::int_pack b) {
    Dot::add(sum, a, b);
  }

 private:
  static KILN_INLINE simd::int_pack flipped(simd::int_pack a) {
    if constexpr (Flip != 0) return a ^ simd::int_pack(Flip);
    return a;
  }
};
}  // namespace detail

template <>
struct step_of<arithmetic::u8s8> final : detail::byte_step<simd::byte_dot, 0> {};
template <>
struct step_of<arithmetic::s8s8> final
    : detail::byte_step<simd::byte_dot, static_cast<std::int32_t>(0x80808080U)> {};
template <>
struct step_of<arithmetic::u8s7> final : detail::byte_step<simd::narrow_byte_dot, 0> {};

// Plans choose tiles by what they know of the machine.
static_assert((step_of<arithmetic::u8s8>::parts == 1) == core::native.byte_dot);
static_assert((step_of<arithmetic::bf16>::parts == 1) == core::native.pair_dot);

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
