// SPDX-License-Identifier: MIT
// The oracle's tensors: values in f64 with an error bound each, and rounding to element types.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/reference/interval.hpp>
#include <kiln/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace kiln::reference {

/// Extents from outer to inner; strides too.
using extents_list = std::vector<std::int64_t>;

/// The product of extents: 1 for a scalar.
inline std::int64_t elems_of(const extents_list& extents) {
  std::int64_t n = 1;
  for (const auto extent : extents) n *= extent;
  return n;
}

/// Elements in row-major order; `bound[i]` is how far an f32 result may be from `value[i]`.
///
/// @law  value.size() == bound.size() == elems_of(extents)
struct tensor final {
  extents_list extents;
  std::vector<double> value;
  std::vector<double> bound;

  tensor() = default;
  /// All zeros, exact.
  explicit tensor(extents_list shape)
      : extents(std::move(shape)),
        value(static_cast<std::size_t>(elems_of(extents))),
        bound(value.size()) {}
  /// Given values, exact.
  tensor(extents_list shape, std::vector<double> values)
      : extents(std::move(shape)),
        value(std::move(values)),
        bound(value.size()) {}

  [[nodiscard]] int rank() const { return static_cast<int>(extents.size()); }
  [[nodiscard]] std::size_t elems() const { return value.size(); }
  [[nodiscard]] interval at(std::size_t i) const { return interval::around(value[i], bound[i]); }
  void set(std::size_t i, const interval& x) {
    value[i] = x.value;
    bound[i] = x.bound();
  }
};

/// Row-major strides, in elements; an axis of extent 1 has stride 0, so that it broadcasts.
inline extents_list broadcast_strides(const extents_list& extents) {
  extents_list strides(extents.size());
  std::int64_t stride = 1;
  for (std::size_t i = extents.size(); i-- > 0;) {
    strides[i] = extents[i] == 1 ? 0 : stride;
    stride *= extents[i];
  }
  return strides;
}

/// Walks all indices of `extents` in row-major order and calls f(flat, offsets...), one offset for
/// each list of strides; a list shorter than the extents is aligned at the last axis.
template <class F, std::size_t Count>
void walk(const extents_list& extents, const std::array<extents_list, Count>& strides, F f) {
  const std::size_t rank = extents.size();
  std::vector<std::int64_t> index(rank);
  std::array<std::int64_t, Count> offsets{};
  const auto stride = [&](std::size_t which, std::size_t axis) {
    const std::size_t missing = rank - strides[which].size();
    return axis < missing ? 0 : strides[which][axis - missing];
  };
  const std::int64_t total = elems_of(extents);
  for (std::int64_t flat = 0; flat < total; ++flat) {
    f(static_cast<std::size_t>(flat), offsets);
    for (std::size_t axis = rank; axis-- > 0;) {
      const bool carry = ++index[axis] == extents[axis];
      for (std::size_t w = 0; w < Count; ++w) {
        offsets[w] += stride(w, axis) * (carry ? 1 - extents[axis] : 1);
      }
      if (!carry) break;
      index[axis] = 0;
    }
  }
}

/// The value that an element type holds for x: nearest, halves to even; integers saturate and hold
/// 0 for NaN. f32 rounds x once: the oracle calls this on what it reads, not on what it computes.
inline double round_to(kiln::tensor::dtype element, double x) {
  using kiln::tensor::dtype;
  const auto integer = [x](double lo, double hi) {
    return x != x ? 0.0 : std::clamp(std::nearbyint(x), lo, hi);
  };
  switch (element) {
    case dtype::f32:
      return static_cast<double>(static_cast<float>(x));
    case dtype::bf16:
      return static_cast<double>(core::to_float(core::to_bf16(static_cast<float>(x))));
    case dtype::f16:
      return static_cast<double>(core::to_float(core::to_f16(static_cast<float>(x))));
    case dtype::s32:
      return integer(-2147483648.0, 2147483647.0);
    case dtype::s8:
      return integer(-128, 127);
    case dtype::u8:
      return integer(0, 255);
  }
  return x;
}

/// x as an element of a tensor that is computed. f32 adds nothing, as the operators' own roundings
/// are counted already, but to exact integers that a float cannot hold. Rounding is monotone, so
/// the ends round as the value does; of the floating types the unrounded value stays allowed,
/// because a fused chain of operators stays in f32 and rounds once.
inline interval stored_as(kiln::tensor::dtype element, const interval& x) {
  if (element == kiln::tensor::dtype::f32) {
    const bool fits = !x.is_exact() || x.is_nan() || round_to(element, x.value) == x.value;
    return fits ? x : detail::rounded(x);
  }
  if (!is_floating(element) && x.maybe_nan) return detail::anything(round_to(element, x.value));
  interval r{round_to(element, x.value), round_to(element, x.lo), round_to(element, x.hi), false};
  if (is_floating(element)) {
    r.lo = std::min(r.lo, x.lo);
    r.hi = std::max(r.hi, x.hi);
    r.maybe_nan = x.maybe_nan;
  }
  return r;
}

}  // namespace kiln::reference
