// SPDX-License-Identifier: MIT
// A vector register of floats: `pack`, its masks, and every way in and out of memory.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>

#if KILN_ISA_AVX512
#  include <kiln/simd/native/avx512.hpp>
#elif KILN_ISA_AVX2
#  include <kiln/simd/native/avx2.hpp>
#elif KILN_ISA_PORTABLE
#  include <kiln/simd/native/portable.hpp>
#else
#  include <kiln/simd/native/scalar.hpp>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

// The inner namespace is named after the instruction set, so that units compiled for different
// machines never share a function.
namespace kiln::simd {
inline namespace KILN_ISA {

/// Floats in one pack: 16, 8, 4 or 1.
inline constexpr std::size_t lanes = native::lanes;

/// Floats of one vector register. Numbers convert to a pack with that number in every lane, so that
/// `2 * x + 1` means what it says.
struct pack final {
  native::f32 raw;

  pack() = default;  // lanes undefined, as in a local float
  template <class Number>
    requires(std::is_arithmetic_v<Number>)
  KILN_INLINE pack(Number x)
      : raw(native::set(static_cast<float>(x))) {}

  static KILN_INLINE pack wrap(native::f32 raw) {
    pack p;
    p.raw = raw;
    return p;
  }
};

/// 32-bit integers, one for each lane of a pack.
struct int_pack final {
  native::s32 raw;

  int_pack() = default;
  KILN_INLINE int_pack(std::int32_t x)
      : raw(native::set(x)) {}

  static KILN_INLINE int_pack wrap(native::s32 raw) {
    int_pack p;
    p.raw = raw;
    return p;
  }
};

/// One truth value a lane: what comparisons give and select() takes.
struct lane_mask final {
  native::predicate raw;
};

/// The first lanes of a pack, for the tail of a loop. Masked-off lanes read as zero; memory behind
/// them is neither read nor written.
struct mask final {
  native::prefix raw;

  /// Lanes i < n; all of them where n >= lanes.
  static KILN_INLINE mask first(std::size_t n) { return {native::first(n)}; }
};

/// The mask that masks nothing, known at compile time.
struct all_lanes final {};

/// Lanes i < n, as in `load(p, first(n - i))`.
KILN_INLINE mask first(std::size_t n) { return mask::first(n); }

/// A mask as comparisons give it.
KILN_INLINE lane_mask to_lanes(mask m) { return {native::to_predicate(m.raw)}; }

/// What may stand where a load or store wants to know its lanes.
template <class Mask>
concept tail_mask = std::is_same_v<Mask, mask> || std::is_same_v<Mask, all_lanes>;

/// What memory may hold for a pack: it is converted on the way.
template <class Element>
concept storage_element =
    std::is_same_v<Element, float> || std::is_same_v<Element, core::bf16> || std::
        is_same_v<Element, core::f16> || std::is_same_v<Element, std::int8_t> || std::
            is_same_v<Element, std::uint8_t> || std::is_same_v<Element, std::int32_t>;

static_assert(std::is_trivially_copyable_v<pack> && sizeof(pack) == lanes * sizeof(float));

// --- in registers ---

/// Zero in every lane.
KILN_INLINE pack zero() { return pack(0.0F); }

/// The float at p in every lane.
KILN_INLINE pack broadcast(const float* p) { return pack(*p); }

/// The number of each lane: 0, 1, 2, ...
KILN_INLINE int_pack lane_numbers() { return int_pack::wrap(native::iota()); }

/// The lanes as an array, and back.
KILN_INLINE std::array<float, lanes> to_array(pack x) {
  std::array<float, lanes> values;
  native::store(values.data(), x.raw);
  return values;
}
KILN_INLINE pack from_array(const std::array<float, lanes>& values) {
  return pack::wrap(native::load(values.data()));
}

// --- memory ---

/// Floats at p, which need not be aligned.
///
/// @cost    one load
/// @errors  none
KILN_INLINE pack load(const float* p, all_lanes = {}) { return pack::wrap(native::load(p)); }
KILN_INLINE pack load(const float* p, mask m) { return pack::wrap(native::load(p, m.raw)); }
KILN_INLINE void store(float* p, pack x, all_lanes = {}) { native::store(p, x.raw); }
KILN_INLINE void store(float* p, pack x, mask m) { native::store(p, x.raw, m.raw); }

/// As for floats.
KILN_INLINE int_pack load(const std::int32_t* p, all_lanes = {}) {
  return int_pack::wrap(native::load(p));
}
KILN_INLINE int_pack load(const std::int32_t* p, mask m) {
  return int_pack::wrap(native::load(p, m.raw));
}
KILN_INLINE void store(std::int32_t* p, int_pack x, all_lanes = {}) { native::store(p, x.raw); }
KILN_INLINE void store(std::int32_t* p, int_pack x, mask m) { native::store(p, x.raw, m.raw); }

namespace detail {
// Indices of a gather are 32-bit.
KILN_INLINE bool is_short(std::ptrdiff_t stride) {
  constexpr std::ptrdiff_t most = INT32_MAX / static_cast<std::ptrdiff_t>(lanes);
  return stride >= -most && stride <= most;
}
KILN_INLINE native::s32 indices(std::ptrdiff_t stride) {
  return native::mul(native::iota(), native::set(static_cast<std::int32_t>(stride)));
}
KILN_INLINE std::size_t count_of(all_lanes) { return lanes; }
inline std::size_t count_of(mask m) {
  std::array<float, lanes> ones;
  native::store(ones.data(), native::set(0.0F));
  native::store(ones.data(), native::set(1.0F), m.raw);
  std::size_t n = 0;
  while (n < lanes && ones[n] != 0.0F) ++n;
  return n;
}
template <class Mask>
KILN_NOINLINE pack load_far(const float* p, std::ptrdiff_t stride, Mask m) {
  std::array<float, lanes> values{};
  const std::size_t n = count_of(m);
  for (std::size_t i = 0; i < n; ++i) values[i] = p[static_cast<std::ptrdiff_t>(i) * stride];
  return from_array(values);
}
template <class Mask>
KILN_NOINLINE void store_far(float* p, std::ptrdiff_t stride, pack x, Mask m) {
  const auto values = to_array(x);
  const std::size_t n = count_of(m);
  for (std::size_t i = 0; i < n; ++i) p[static_cast<std::ptrdiff_t>(i) * stride] = values[i];
}
}  // namespace detail

/// Lane i from p[i * stride] (stride in elements, any sign).
///
/// @cost    a gather; lane by lane where the machine has none or the span exceeds 2^31 elements
/// @errors  none
template <tail_mask Mask = all_lanes>
KILN_INLINE pack load_strided(const float* p, std::ptrdiff_t stride, Mask m = {}) {
  if (!detail::is_short(stride)) return detail::load_far(p, stride, m);
  if constexpr (std::is_same_v<Mask, mask>) {
    return pack::wrap(native::gather(p, detail::indices(stride), m.raw));
  } else {
    return pack::wrap(native::gather(p, detail::indices(stride)));
  }
}

/// Lane i to p[i * stride]; with stride 0 the last lane stays.
///
/// @cost    a scatter; lane by lane where the machine has none or the span exceeds 2^31 elements
/// @errors  none
template <tail_mask Mask = all_lanes>
KILN_INLINE void store_strided(float* p, std::ptrdiff_t stride, pack x, Mask m = {}) {
  if (!detail::is_short(stride)) return detail::store_far(p, stride, x, m);
  if constexpr (std::is_same_v<Mask, mask>) {
    native::scatter(p, detail::indices(stride), x.raw, m.raw);
  } else {
    native::scatter(p, detail::indices(stride), x.raw);
  }
}

// --- hints ---

/// Asks for the cache line at p; never faults.
KILN_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }

/// Makes the compiler hold this very address in a register, instead of deriving it anew or keeping
/// a second one: large unrolled tiles run out of address registers otherwise.
template <class T>
KILN_INLINE void keep_in_register(T*& p) {
  asm("" : "+r"(p));
}
/// Makes the compiler hold what it has loaded: it would read memory again for each use otherwise.
KILN_INLINE void keep_in_register([[maybe_unused]] int_pack& x) {
#if KILN_ISA_AVX512
  asm("" : "+v"(x.raw));
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
