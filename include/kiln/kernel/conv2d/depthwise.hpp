// SPDX-License-Identifier: MIT
// Depthwise convolution of images and weights whose channels are contiguous: by register tiles.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/depthwise_tile.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// Which code a depthwise convolution needs. Equal configurations share it.
struct depthwise_config final {
  depthwise_shape shape{};  // of the largest tiles
  int low = 0;              // lines of the tiles behind the high ones; 0 if all are equally high
  int narrow = 0;           // pixels of the tiles behind the wide ones; 0 if all are equally wide

  friend constexpr bool operator==(const depthwise_config& a, const depthwise_config& b) {
    return a.shape.down == b.shape.down && a.shape.across == b.shape.across
           && a.shape.pads == b.shape.pads && a.low == b.low && a.narrow == b.narrow;
  }
};

namespace detail {

// True if tiles find all padding where they look for it.
constexpr bool pads_at_ends_only(const window& w, std::ptrdiff_t extent, std::ptrdiff_t steps) {
  return w.before <= (w.taps - 1) * w.dilation && w.begin(steps - 1) < extent;
}

// With all weights of a window and three lines of seven sums in registers, 31 of 32, each row of an
// image is loaded once for several lines of results. More lines save more loads, until the rows
// that a tile reads and writes crowd one set of the nearest cache: their distance is often a large
// power of two.
constexpr bool holds_window(const window& down, const window& across) {
  return core::native.registers >= 32 && down.taps * across.taps <= 9 && down.dilation == 1
         && down.taps <= 3;
}
constexpr int lines_of_tile(const sizes& s) {
  if (!holds_window(s.down, s.across) || s.down.taps == 1) return 1;
  return static_cast<int>(std::min<std::ptrdiff_t>(s.out_h, s.down.stride == 1 ? 4 : 2));
}
constexpr int pixels_of_tile(const sizes& s) {
  if (lines_of_tile(s) > 1) return 7;
  // Sums, a row of weights, an element; fourteen are enough to hide latency.
  const int free = core::native.registers - static_cast<int>(s.across.taps) - 2;
  return std::clamp(free, 1, 14);
}

}  // namespace detail

/// True if depthwise() can compute it: small windows, no more padding than a window needs.
constexpr bool has_depthwise_tiles(const sizes& s) {
  return s.is_depthwise() && tensor::fits_depthwise_tile(s.down)
         && tensor::fits_depthwise_tile(s.across) && s.out_h > 0 && s.out_w > 0
         && detail::pads_at_ends_only(s.down, s.h, s.out_h)
         && detail::pads_at_ends_only(s.across, s.w, s.out_w);
}

/// The configuration of a convolution; the number of images and of channels does not matter.
///
/// @pre     has_depthwise_tiles(s)
/// @errors  none
constexpr depthwise_config configure_depthwise(const sizes& s, bool pads = false) {
  const tensor::row_split lines(static_cast<int>(s.out_h), detail::lines_of_tile(s));
  const tensor::row_split pixels(static_cast<int>(s.out_w), detail::pixels_of_tile(s));
  return {.shape = {.down = {.steps = lines.height(0),
                             .taps = static_cast<int>(s.down.taps),
                             .stride = static_cast<int>(s.down.stride),
                             .dilation = static_cast<int>(s.down.dilation)},
                    .across = {.steps = pixels.height(0),
                               .taps = static_cast<int>(s.across.taps),
                               .stride = static_cast<int>(s.across.stride),
                               .dilation = static_cast<int>(s.across.dilation)},
                    .pads = pads ? 1 : 0},
          .low = lines.tall > 0 && lines.low > 0 ? lines.low : 0,
          .narrow = pixels.tall > 0 && pixels.low > 0 ? pixels.low : 0};
}

namespace detail {

constexpr depthwise_axis with_steps(const depthwise_axis& a, int steps) {
  return {.steps = steps, .taps = a.taps, .stride = a.stride, .dilation = a.dilation};
}
template <depthwise_config C, int Lines, int Pixels>
inline constexpr depthwise_shape shape_of_tile{.down = with_steps(C.shape.down, Lines),
                                               .across = with_steps(C.shape.across, Pixels),
                                               .pads = C.shape.pads};

constexpr range inside_of(std::ptrdiff_t begin, std::ptrdiff_t length, std::ptrdiff_t extent) {
  return {std::max<std::ptrdiff_t>(0, -begin), std::min(length, extent - begin)};
}

// The tile at line i, pixel j of image b.
template <depthwise_config C, int Lines, int Pixels, class Operands, class Epilogue>
KILN_INLINE void one_depthwise_tile(
    const Operands& o, range at, std::ptrdiff_t b, const Epilogue& ep, float pad) {
  constexpr depthwise_shape shape = shape_of_tile<C, Lines, Pixels>;
  const sizes& s = o.size;
  const std::ptrdiff_t row = s.down.begin(at.first);
  const std::ptrdiff_t column = s.across.begin(at.last);
  depthwise_tile<shape>(
      depthwise_place<typename Operands::image::element, typename Operands::filters::element>{
          .x = o.x.data + b * o.x.batch + row * o.x.row + column * o.x.pixel,
          .x_row = o.x.row,
          .x_pixel = o.x.pixel,
          .w = o.w.data,
          .w_row = o.w.row,
          .w_pixel = o.w.pixel,
          .rows = inside_of(row, shape.down.extent(), s.h),
          .columns = inside_of(column, shape.across.extent(), s.w),
          .pad = pad,
          .row = static_cast<std::size_t>((b * s.out_h + at.first) * s.out_w + at.last),
          .row_step = static_cast<std::size_t>(s.out_w),
          .channels = static_cast<std::size_t>(s.c)},
      ep);
}

// Calls f(constant) with the one of two numbers that it is; the second may not occur (0).
template <int High, int Low, class F>
KILN_INLINE void with_height(int height, const F& f) {
  if constexpr (Low != 0) {
    if (height == Low) return f(std::integral_constant<int, Low>{});
  }
  f(std::integral_constant<int, High>{});
}

}  // namespace detail

/// Convolution in which every filter sees its own channel alone. Integers are summed exactly;
/// where C pads, padding counts as `pad`, otherwise its taps are left out.
///
/// @shape     x: [b, h, w, c]; w: [r, s, 1, c]; results: [b * out_h * out_w, c], as in grouped()
/// @cost      2 r s flop a result; the image is read once, but for rows and columns between tiles
/// @pre       has_depthwise_tiles(s); C = configure_depthwise(s, ...)
/// @errors    none
/// @accuracy  each element is one chain over (r, s) ascending: |error| <= k eps sum |x w| (+ the
///            epilogue's), k = r s; Higham 2002, section 3.1
template <depthwise_config C, class Element, class Weight, class Epilogue>
void depthwise(const image<Element>& x,
               const filters<Weight>& w,
               const sizes& s,
               const Epilogue& ep,
               float pad = 0) noexcept {
  constexpr int high = C.shape.down.steps;
  constexpr int wide = C.shape.across.steps;
  const operands<image<Element>, filters<Weight>> o{x, w, s};
  const tensor::row_split lines(static_cast<int>(s.out_h), high);
  const tensor::row_split pixels(static_cast<int>(s.out_w), wide);
  for (std::ptrdiff_t b = 0; b < s.b; ++b) {
    for (int i = 0; i < lines.tiles; ++i) {
      for (int j = 0; j < pixels.tiles; ++j) {
        const range at{lines.begin(i), pixels.begin(j)};
        detail::with_height<high, C.low>(
            lines.height(i), [&]<int Lines>(std::integral_constant<int, Lines>) {
              detail::with_height<wide, C.narrow>(
                  pixels.height(j), [&]<int Pixels>(std::integral_constant<int, Pixels>) {
                    detail::one_depthwise_tile<C, Lines, Pixels>(o, at, b, ep, pad);
                  });
            });
      }
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
