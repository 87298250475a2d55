// SPDX-License-Identifier: MIT
// Images and windows sliding over them: strides, and which taps of a window fall inside.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/half.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// How the elements of a pack lie in memory: known when code is made, as it decides between a load
/// and a gather.
enum class spacing : int { contiguous, strided };

/// Channels-last images. Strides count elements and may have any sign or be 0.
///
/// @shape  [b, h, w, c]
template <simd::storage_element Element = float, spacing Spacing = spacing::contiguous>
struct image final {
  using element = Element;
  static constexpr spacing channels = Spacing;

  const Element* data;
  std::ptrdiff_t batch;
  std::ptrdiff_t row;
  std::ptrdiff_t pixel;
  std::ptrdiff_t channel = 1;
};

/// A window on one axis: tap t of step i lies at i * stride - before + t * dilation. What lies
/// outside of the axis is padding. A slice of an image has a window with an adjusted, maybe
/// negative `before`.
struct window final {
  std::ptrdiff_t taps = 1;
  std::ptrdiff_t stride = 1;
  std::ptrdiff_t dilation = 1;
  std::ptrdiff_t before = 0;

  /// Where tap 0 of a step lies.
  [[nodiscard]] constexpr std::ptrdiff_t begin(std::ptrdiff_t step) const {
    return step * stride - before;
  }
};

/// [first, last) of something.
struct range final {
  std::ptrdiff_t first;
  std::ptrdiff_t last;

  [[nodiscard]] constexpr std::ptrdiff_t size() const { return last - first; }
  [[nodiscard]] constexpr bool empty() const { return last <= first; }
  friend constexpr bool operator==(const range&, const range&) = default;
};

namespace detail {
// The indices i >= 0, i < count with 0 <= begin + i * step < extent.
constexpr range indices_inside(std::ptrdiff_t begin,
                               std::ptrdiff_t step,
                               std::ptrdiff_t extent,
                               std::ptrdiff_t count) {
  const std::ptrdiff_t first = begin < 0 ? core::ceil_div(-begin, step) : 0;
  const std::ptrdiff_t end = begin < extent ? core::ceil_div(extent - begin, step) : 0;
  const std::ptrdiff_t last = std::min(end, count);
  return {std::min(first, last), last};
}
}  // namespace detail

/// The taps of one step that lie inside of an axis.
///
/// @cost  two divisions where some do not
constexpr range taps_inside(const window& w, std::ptrdiff_t extent, std::ptrdiff_t step) {
  const std::ptrdiff_t begin = w.begin(step);
  if (begin >= 0 && begin + (w.taps - 1) * w.dilation < extent) return {0, w.taps};
  return detail::indices_inside(w.begin(step), w.dilation, extent, w.taps);
}

/// The steps [0, steps) for which a tap lies inside of an axis.
///
/// @cost  two divisions
constexpr range steps_inside(const window& w,
                             std::ptrdiff_t extent,
                             std::ptrdiff_t steps,
                             std::ptrdiff_t tap) {
  return detail::indices_inside(tap * w.dilation - w.before, w.stride, extent, steps);
}

/// The steps [0, steps) for which all taps lie inside of an axis.
constexpr range whole_steps(const window& w, std::ptrdiff_t extent, std::ptrdiff_t steps) {
  const range first = steps_inside(w, extent, steps, 0);
  const range last = steps_inside(w, extent, steps, w.taps - 1);
  const std::ptrdiff_t end = std::max(first.first, last.last);
  return {std::min(first.first, end), end};
}

static_assert(taps_inside({.taps = 3, .before = 1}, 8, 0) == range{1, 3});
static_assert(taps_inside({.taps = 3, .before = 1}, 8, 7) == range{0, 2});
static_assert(taps_inside({.taps = 3, .stride = 2, .dilation = 2, .before = 3}, 8, 0)
              == range{2, 3});
static_assert(whole_steps({.taps = 3, .before = 1}, 8, 8) == range{1, 7});
static_assert(whole_steps({.taps = 5, .before = 2}, 2, 2).empty());

/// One element as a float.
template <simd::storage_element Element>
KILN_INLINE float to_float(Element x) {
  if constexpr (std::is_same_v<Element, core::bf16> || std::is_same_v<Element, core::f16>) {
    return core::to_float(x);
  } else {
    return static_cast<float>(x);
  }
}

/// A pack of elements `stride` apart, of which the first `count` exist (more than lanes: all); m
/// masks off the others.
///
/// @cost    one load; a gather, or an element at a time, where strided
/// @errors  none
template <spacing Spacing, simd::storage_element Element, simd::tail_mask Lanes>
KILN_INLINE simd::pack load_spaced(const Element* p,
                                   std::ptrdiff_t stride,
                                   std::ptrdiff_t count,
                                   Lanes m) {
  if constexpr (Spacing == spacing::contiguous) {
    return simd::load_as(p, m);
  } else if constexpr (std::is_same_v<Element, float>) {
    return simd::load_strided(p, stride, m);
  } else {
    Element close[simd::lanes]{};
    const auto n = std::min(count, static_cast<std::ptrdiff_t>(simd::lanes));
    for (std::ptrdiff_t i = 0; i < n; ++i) close[i] = p[i * stride];
    return simd::load_as(close);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
