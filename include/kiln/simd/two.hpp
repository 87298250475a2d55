// SPDX-License-Identifier: MIT
// Two packs side by side into memory of other element types, where one instruction narrows both.
#pragma once

#include <kiln/simd/convert.hpp>

#include <cstdint>
#include <type_traits>

namespace kiln::simd {
inline namespace KILN_ISA {

namespace detail {

#if KILN_ISA_AVX512
// Narrowing to 16 bits saturates as signed numbers, so that the least integer, which conversions
// give beyond 2^31 and for NaN, must stand for a small number: large ones are clamped before.
KILN_INLINE int_pack clamped_above(std::uint8_t, pack x) {
  return to_int(min_or_second(pack(255.0F), x));
}
KILN_INLINE int_pack clamped_above(std::int8_t, pack x) { return clamped_to(std::int8_t{}, x); }
#endif

}  // namespace detail

/// Two packs of floats into elements at p, as two calls of store_as would.
///
/// @shape     [2 * lanes]
/// @cost      with AVX-512 one store, and for bf16 and bytes half to three quarters of the
///            instructions of two calls
/// @errors    none
/// @accuracy  the same bits as store_as
template <storage_element Element>
KILN_INLINE void store_two_as(Element* p, pack x, pack y) {
#if KILN_ISA_AVX512
  if constexpr (sizeof(Element) == 1) {
    native::store_saturated(
        p, detail::clamped_above(Element{}, x).raw, detail::clamped_above(Element{}, y).raw);
    return;
  }
#  if defined(__AVX512BF16__)
  if constexpr (std::is_same_v<Element, core::bf16>) {
    if (!native::have_denormals(x.raw, y.raw)) [[likely]] {
      native::store_bf16(detail::bits_of(p), x.raw, y.raw);
      return;
    }
  }
#  endif
#endif
  store_as(p, x);
  store_as(p + lanes, y);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
