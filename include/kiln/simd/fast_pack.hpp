// SPDX-License-Identifier: MIT
// Packs whose functions are cheap instead of exact: for results that are stored with few bits.
//
// Arithmetic, comparisons, extrema, roundings, sqrt and pow are those of packs, bit for bit; exp
// and its relatives have about eleven good bits, where bf16 keeps eight and f16 eleven. Bounds
// stand in simd/accuracy.hpp and are tested there. NaN stays NaN and infinities come out as they do
// for packs; results below 2^-120 may be 0.
#pragma once

#include <kiln/simd/fused.hpp>
#include <kiln/simd/power.hpp>
#include <kiln/simd/quotient.hpp>
#include <kiln/simd/rough.hpp>

#include <type_traits>

namespace kiln::simd {
inline namespace KILN_ISA {

/// A pack under another name: it converts from and to pack for nothing. An operator's `apply`,
/// instantiated with it, finds the functions below.
struct fast_pack final {
  native::f32 raw;

  fast_pack() = default;
  KILN_INLINE fast_pack(pack x)
      : raw(x.raw) {}
  template <class Number>
    requires(std::is_arithmetic_v<Number>)
  KILN_INLINE fast_pack(Number x)
      : raw(native::set(static_cast<float>(x))) {}

  KILN_INLINE operator pack() const { return pack::wrap(raw); }
};

namespace detail {
KILN_INLINE pack exactly(fast_pack x) { return pack::wrap(x.raw); }
}  // namespace detail

// --- as for packs ---

/// Arithmetic as for packs.
KILN_INLINE fast_pack operator+(fast_pack a, fast_pack b) {
  return detail::exactly(a) + detail::exactly(b);
}
KILN_INLINE fast_pack operator-(fast_pack a, fast_pack b) {
  return detail::exactly(a) - detail::exactly(b);
}
KILN_INLINE fast_pack operator*(fast_pack a, fast_pack b) {
  return detail::exactly(a) * detail::exactly(b);
}
KILN_INLINE fast_pack operator/(fast_pack a, fast_pack b) {
  return detail::exactly(a) / detail::exactly(b);
}
KILN_INLINE fast_pack& operator+=(fast_pack& a, fast_pack b) { return a = a + b; }
KILN_INLINE fast_pack& operator-=(fast_pack& a, fast_pack b) { return a = a - b; }
KILN_INLINE fast_pack& operator*=(fast_pack& a, fast_pack b) { return a = a * b; }
KILN_INLINE fast_pack& operator/=(fast_pack& a, fast_pack b) { return a = a / b; }
KILN_INLINE fast_pack operator-(fast_pack x) { return -detail::exactly(x); }

/// Comparison and choice as for packs.
KILN_INLINE lane_mask operator<(fast_pack a, fast_pack b) {
  return detail::exactly(a) < detail::exactly(b);
}
KILN_INLINE lane_mask operator<=(fast_pack a, fast_pack b) {
  return detail::exactly(a) <= detail::exactly(b);
}
KILN_INLINE lane_mask operator>(fast_pack a, fast_pack b) { return b < a; }
KILN_INLINE lane_mask operator>=(fast_pack a, fast_pack b) { return b <= a; }
KILN_INLINE lane_mask operator==(fast_pack a, fast_pack b) {
  return detail::exactly(a) == detail::exactly(b);
}
KILN_INLINE lane_mask operator!=(fast_pack a, fast_pack b) {
  return detail::exactly(a) != detail::exactly(b);
}
KILN_INLINE lane_mask is_nan(fast_pack x) { return x != x; }
KILN_INLINE fast_pack select(lane_mask m, fast_pack a, fast_pack b) {
  return select(m, detail::exactly(a), detail::exactly(b));
}

/// Functions as for packs: exact or correctly rounded ones, and pow, whose error in its exponent
/// would grow with the result.
KILN_INLINE fast_pack fma(fast_pack a, fast_pack b, fast_pack c) {
  return fma(detail::exactly(a), detail::exactly(b), detail::exactly(c));
}
KILN_INLINE fast_pack fused(fast_pack a, fast_pack b, fast_pack c) {
  return fused(detail::exactly(a), detail::exactly(b), detail::exactly(c));
}
KILN_INLINE fast_pack quotient(fast_pack x, fast_pack d, fast_pack r) {
  return quotient(detail::exactly(x), detail::exactly(d), detail::exactly(r));
}
KILN_INLINE fast_pack fnma(fast_pack a, fast_pack b, fast_pack c) {
  return fnma(detail::exactly(a), detail::exactly(b), detail::exactly(c));
}
KILN_INLINE fast_pack max(fast_pack a, fast_pack b) {
  return max(detail::exactly(a), detail::exactly(b));
}
KILN_INLINE fast_pack min(fast_pack a, fast_pack b) {
  return min(detail::exactly(a), detail::exactly(b));
}
KILN_INLINE fast_pack max_or_second(fast_pack a, fast_pack b) {
  return max_or_second(detail::exactly(a), detail::exactly(b));
}
KILN_INLINE fast_pack min_or_second(fast_pack a, fast_pack b) {
  return min_or_second(detail::exactly(a), detail::exactly(b));
}
KILN_INLINE fast_pack copysign(fast_pack a, fast_pack b) {
  return copysign(detail::exactly(a), detail::exactly(b));
}
KILN_INLINE fast_pack abs(fast_pack x) { return abs(detail::exactly(x)); }
KILN_INLINE fast_pack sqrt(fast_pack x) { return sqrt(detail::exactly(x)); }
KILN_INLINE fast_pack floor(fast_pack x) { return floor(detail::exactly(x)); }
KILN_INLINE fast_pack ceil(fast_pack x) { return ceil(detail::exactly(x)); }
KILN_INLINE fast_pack trunc(fast_pack x) { return trunc(detail::exactly(x)); }
KILN_INLINE fast_pack round(fast_pack x) { return round(detail::exactly(x)); }
KILN_INLINE fast_pack reciprocal(fast_pack x) { return reciprocal(detail::exactly(x)); }
KILN_INLINE fast_pack pow(fast_pack x, fast_pack y) {
  return pow(detail::exactly(x), detail::exactly(y));
}

// --- cheaper than for packs ---

/// As the functions of simd/rough.hpp.
///
/// @accuracy  accuracy::rough
KILN_INLINE fast_pack exp(fast_pack x) { return rough::exp(x); }
KILN_INLINE fast_pack exp2(fast_pack x) { return rough::exp2(x); }
KILN_INLINE fast_pack expm1(fast_pack x) { return rough::expm1(x); }
KILN_INLINE fast_pack log(fast_pack x) { return rough::log(x); }
KILN_INLINE fast_pack log2(fast_pack x) { return rough::log2(x); }
KILN_INLINE fast_pack log1p(fast_pack x) { return rough::log1p(x); }
KILN_INLINE fast_pack softplus(fast_pack x) { return rough::softplus(x); }
KILN_INLINE fast_pack sigmoid(fast_pack x) { return rough::sigmoid(x); }
KILN_INLINE fast_pack tanh(fast_pack x) { return rough::tanh(x); }
KILN_INLINE fast_pack erf(fast_pack x) { return rough::erf(x); }
KILN_INLINE fast_pack erfc(fast_pack x) { return rough::erfc(x); }
KILN_INLINE fast_pack gelu(fast_pack x) { return rough::gelu(x); }
KILN_INLINE fast_pack rsqrt(fast_pack x) { return rough::rsqrt(x); }

}  // namespace KILN_ISA
}  // namespace kiln::simd
