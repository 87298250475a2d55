// SPDX-License-Identifier: MIT
// Packs from and to memory of other element types: widened exactly, narrowed with one rounding.
#pragma once

#include <kiln/simd/arithmetic.hpp>

#include <cstdint>
#include <type_traits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

// The raw load of 32-bit or widened lanes, whatever the kind of mask.
template <class Element>
KILN_INLINE int_pack load_lanes(const Element* p, all_lanes) {
  return int_pack::wrap(native::load(p));
}
template <class Element>
KILN_INLINE int_pack load_lanes(const Element* p, mask m) {
  return int_pack::wrap(native::load(p, m.raw));
}
template <class Element>
KILN_INLINE void store_lanes(Element* p, int_pack x, all_lanes) {
  native::store_low(p, x.raw);
}
template <class Element>
KILN_INLINE void store_lanes(Element* p, int_pack x, mask m) {
  native::store_low(p, x.raw, m.raw);
}
KILN_INLINE pack load_halves(const std::uint16_t* p, all_lanes) {
  return pack::wrap(native::load_half(p));
}
KILN_INLINE pack load_halves(const std::uint16_t* p, mask m) {
  return pack::wrap(native::load_half(p, m.raw));
}
KILN_INLINE void store_halves(std::uint16_t* p, pack x, all_lanes) { native::store_half(p, x.raw); }
KILN_INLINE void store_halves(std::uint16_t* p, pack x, mask m) {
  native::store_half(p, x.raw, m.raw);
}

// The storage types have one member. Its address would tell the compiler that there is just one.
template <class Half>
KILN_INLINE auto* bits_of(Half* p) {
  using bits = std::conditional_t<std::is_const_v<Half>, const std::uint16_t, std::uint16_t>;
  return reinterpret_cast<bits*>(p);
}

// As core::to_bf16, in every lane's low half.
KILN_INLINE int_pack to_bf16_bits(pack x) {
  const int_pack bits = as_int(x);
  const int_pack high = shift_right_logical<16>(bits);
  const int_pack rounded = bits + (int_pack(0x7fff) + (high & int_pack(1)));
  return select(is_nan(x), high | int_pack(0x0040), shift_right_logical<16>(rounded));
}

#if KILN_ISA_AVX512 && defined(__AVX512BF16__)
// vcvtneps2bf16 flushes denormals, and the same numbers must give the same bits with and without
// it: vectors that have some, which are rare, take the long way.
KILN_INLINE void store_bf16(std::uint16_t* p, pack x, all_lanes m) {
  if (native::has_denormals(x.raw)) [[unlikely]] {
    store_lanes(p, to_bf16_bits(x), m);
  } else {
    native::store_bf16(p, x.raw);
  }
}
KILN_INLINE void store_bf16(std::uint16_t* p, pack x, mask m) {
  if (native::has_denormals(x.raw)) [[unlikely]] {
    store_lanes(p, to_bf16_bits(x), m);
  } else {
    native::store_bf16(p, x.raw, m.raw);
  }
}
#else
template <class Mask>
KILN_INLINE void store_bf16(std::uint16_t* p, pack x, Mask m) {
  store_lanes(p, to_bf16_bits(x), m);
}
#endif

// Clamped to what the element type holds, NaN to zero, rounded to nearest even.
template <class Element>
KILN_INLINE int_pack to_integer(pack x) {
  if constexpr (std::is_same_v<Element, std::uint8_t>) {
    return to_int(min_or_second(max_or_second(x, pack(0.0F)), pack(255.0F)));
  } else if constexpr (std::is_same_v<Element, std::int8_t>) {
    const pack number = select(is_nan(x), pack(0.0F), x);
    return to_int(min_or_second(max_or_second(number, pack(-128.0F)), pack(127.0F)));
  } else {
    // Below -2^31 the conversion itself gives the least integer.
    const int_pack number = select(is_nan(x), int_pack(0), to_int(x));
    return select(x >= pack(0x1p31F), int_pack(INT32_MAX), number);
  }
}

#if KILN_ISA_AVX512
// Narrowing saturates by itself, and beyond 2^31 the conversion gives the least integer: as an
// unsigned number that is large, as a signed one it is small. One end is left to clamp.
KILN_INLINE int_pack clamped_to(std::uint8_t, pack x) {
  return to_int(max_or_second(x, pack(0.0F)));
}
KILN_INLINE int_pack clamped_to(std::int8_t, pack x) {
  return to_int(min_or_second(select(is_nan(x), pack(0.0F), x), pack(127.0F)));
}
template <class Byte>
KILN_INLINE void store_bytes(Byte* p, pack x, all_lanes) {
  native::store_saturated(p, clamped_to(Byte{}, x).raw);
}
template <class Byte>
KILN_INLINE void store_bytes(Byte* p, pack x, mask m) {
  native::store_saturated(p, clamped_to(Byte{}, x).raw, m.raw);
}
#else
template <class Element, class Mask>
KILN_INLINE void store_bytes(Element* p, pack x, Mask m) {
  store_lanes(reinterpret_cast<std::uint8_t*>(p), to_integer<Element>(x), m);
}
#endif

}  // namespace detail

/// Elements at p as floats. Exact, but for s32 beyond 2^24, which is rounded to nearest even.
///
/// @shape   [lanes]; masked-off lanes are zero and their memory is not read
/// @errors  none
template <storage_element Element, tail_mask Mask = all_lanes>
KILN_INLINE pack load_as(const Element* p, Mask m = {}) {
  if constexpr (std::is_same_v<Element, float>) {
    return load(p, m);
  } else if constexpr (std::is_same_v<Element, core::bf16>) {
    return as_float(shift_left<16>(detail::load_lanes(detail::bits_of(p), m)));
  } else if constexpr (std::is_same_v<Element, core::f16>) {
    return detail::load_halves(detail::bits_of(p), m);
  } else {
    return to_float(detail::load_lanes(p, m));
  }
}

/// Floats into elements at p: rounded to nearest even; integers saturate and take NaN as zero, the
/// small floating types overflow to infinity and keep NaN (made quiet).
///
/// @shape     [lanes]; memory of masked-off lanes is not written
/// @errors    none
/// @accuracy  correctly rounded, the same bits as core::to_bf16 and core::to_f16
template <storage_element Element, tail_mask Mask = all_lanes>
KILN_INLINE void store_as(Element* p, pack x, Mask m = {}) {
  if constexpr (std::is_same_v<Element, float>) {
    store(p, x, m);
  } else if constexpr (std::is_same_v<Element, core::bf16>) {
    detail::store_bf16(detail::bits_of(p), x, m);
  } else if constexpr (std::is_same_v<Element, core::f16>) {
    detail::store_halves(detail::bits_of(p), x, m);
  } else if constexpr (std::is_same_v<Element, std::int32_t>) {
    store(p, detail::to_integer<Element>(x), m);
  } else {
    detail::store_bytes(p, x, m);
  }
}

/// What load_as gives of what store_as has stored.
///
/// @errors  none
template <storage_element Element>
KILN_INLINE pack rounded_as(pack x) {
  if constexpr (std::is_same_v<Element, float>) {
    return x;
  } else if constexpr (std::is_same_v<Element, core::bf16>) {
    return as_float(shift_left<16>(detail::to_bf16_bits(x)));
  } else if constexpr (std::is_same_v<Element, core::f16>) {
    alignas(64) Element copies[lanes];
    store_as(copies, x);
    return load_as(copies);
  } else {
    return to_float(detail::to_integer<Element>(x));
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
