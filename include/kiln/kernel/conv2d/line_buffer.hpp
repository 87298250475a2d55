// SPDX-License-Identifier: MIT
// A block of an image's lines, padded, at distances that suit the caches: what tiles read where the
// image itself will not do.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// Distances in an image, in elements; 0 for one that is known at run time only.
struct image_strides final {
  std::ptrdiff_t batch = 0;
  std::ptrdiff_t row = 0;
  std::ptrdiff_t pixel = 0;
};

/// Those of an image without gaps.
constexpr image_strides dense_strides(const sizes& s) {
  return {.batch = s.h * s.w * s.c, .row = s.w * s.c, .pixel = s.c};
}

/// The tile of a convolution that is more than a product of all pixels.
constexpr tensor::tile convolution_tile(gemm::arithmetic numbers, const sizes& s) {
  const tensor::tile wanted = tensor::tallest_tile(core::native);
  const auto filters = static_cast<int>(s.f / s.groups);
  return gemm::fitting(numbers, gemm::widened(numbers, wanted, filters));
}

/// Pixels of a line in tiles of at most `most` results, and where a line is less than half of that,
/// lines: 7 x 7 results are tiles of two lines.
constexpr tensor::row_split pixel_tiles(const sizes& s, int most) {
  return {static_cast<int>(s.out_w), most};
}
constexpr tensor::row_split line_tiles(const sizes& s, int most) {
  const int lines = s.out_w > 0 ? most / static_cast<int>(s.out_w) : 1;
  return {static_cast<int>(s.out_h), std::max(1, lines)};
}

namespace detail {

// What one step of the results is in elements that are kept: a window of one tap skips the others.
constexpr std::ptrdiff_t kept_step(const window& w) { return w.taps == 1 ? w.stride : 1; }
constexpr std::ptrdiff_t kept_elems(const window& w, std::ptrdiff_t steps) {
  return w.taps == 1 ? steps : (steps - 1) * w.stride + (w.taps - 1) * w.dilation + 1;
}
constexpr bool leaves_image(const window& w, std::ptrdiff_t extent, std::ptrdiff_t steps) {
  return w.before > 0 || w.begin(steps - 1) + (w.taps - 1) * w.dilation >= extent;
}

}  // namespace detail

/// True if tiles cannot read the image itself: windows leave it, pixels crowd one set of a cache,
/// or taps are taken as one run and there is something between the pixels.
constexpr bool needs_copies(gemm::arithmetic numbers, const sizes& s, const image_strides& x) {
  const auto elem = static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(numbers));
  return detail::leaves_image(s.down, s.h, s.out_h) || detail::leaves_image(s.across, s.w, s.out_w)
         || tensor::crowds(x.pixel * s.across.stride * elem) || (merges_taps(s) && x.pixel != s.c);
}

/// Sizes of a block of lines in the workspace, all in bytes or lines.
struct line_buffer final {
  std::ptrdiff_t elem;
  std::ptrdiff_t pixel;  // distance
  std::ptrdiff_t row;    // distance
  std::ptrdiff_t width;  // pixels
  std::ptrdiff_t lines;  // of results that a block serves
  int tiles;             // in which they come

  constexpr line_buffer(gemm::arithmetic numbers, const sizes& s)
      : elem(static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(numbers))),
        pixel(s.c * elem),
        row(0),
        width(detail::kept_elems(s.across, s.out_w)),
        lines(0),
        tiles(0),
        kept_(s.down) {
    constexpr std::ptrdiff_t line = tensor::line_bytes;
    const std::ptrdiff_t step = pixel * (s.across.taps == 1 ? 1 : s.across.stride);
    if (!merges_taps(s) && step > 0 && tensor::crowds(step)) {
      pixel += line;
    }
    row = core::round_up(std::max(width, std::ptrdiff_t{1}) * pixel, line);
    if (tensor::crowds(row)) row += line;
    const tensor::row_split split = line_tiles(s, convolution_tile(numbers, s).mr);
    tiles = std::max(split.tiles, 1);
    while (tiles > 1 && kept(split.begin(tiles)) * row > s.most_line_bytes) {
      tiles = (tiles + 1) / 2;
    }
    lines = split.begin(tiles);
  }

  /// Lines of the image that some lines of results need.
  [[nodiscard]] constexpr std::ptrdiff_t kept(std::ptrdiff_t steps) const {
    return detail::kept_elems(kept_, steps);
  }
  [[nodiscard]] constexpr std::size_t bytes() const {
    return static_cast<std::size_t>(kept(lines) * row);
  }

 private:
  window kept_;
};

namespace detail {

template <class Element>
void fill_pixels(std::byte* to, std::ptrdiff_t bytes, Element pad) {
  if (bytes <= 0) return;
  std::fill_n(
      reinterpret_cast<Element*>(to), static_cast<std::size_t>(bytes) / sizeof(Element), pad);
}

template <class Element>
void copy_line(const line_buffer& l,
               const Element* line,
               std::ptrdiff_t x_pixel,
               const sizes& s,
               Element pad,
               std::byte* to) {
  const std::ptrdiff_t step = kept_step(s.across);
  const window kept{.taps = 1, .stride = step, .dilation = 1, .before = s.across.before};
  const range inside = steps_inside(kept, s.w, l.width, 0);
  fill_pixels(to, inside.first * l.pixel, pad);
  const Element* from = line + kept.begin(inside.first) * x_pixel;
  std::byte* at = to + inside.first * l.pixel;
  const auto pixel_bytes = static_cast<std::size_t>(s.c) * sizeof(Element);
  if (step * x_pixel * l.elem == l.pixel && x_pixel == s.c) {
    std::memcpy(at, from, static_cast<std::size_t>(inside.size()) * pixel_bytes);
  } else {
    for (std::ptrdiff_t i = 0; i < inside.size(); ++i, from += step * x_pixel, at += l.pixel) {
      std::memcpy(at, from, pixel_bytes);
    }
  }
  fill_pixels(to + inside.last * l.pixel, (l.width - inside.last) * l.pixel, pad);
}

}  // namespace detail

/// Copies what the lines [first, first + lines) of results need of image b.
///
/// @shape   to: [l.kept(lines), l.width, c] at the distances of l
/// @cost    reads and writes those lines once
/// @errors  none
template <class Element>
void copy_lines(const line_buffer& l,
                const image<Element>& x,
                const sizes& s,
                std::ptrdiff_t b,
                range lines,
                Element pad,
                std::byte* to) noexcept {
  const std::ptrdiff_t step = detail::kept_step(s.down);
  const std::ptrdiff_t count = l.kept(lines.size());
  std::ptrdiff_t y = s.down.begin(lines.first);
  for (std::ptrdiff_t i = 0; i < count; ++i, y += step, to += l.row) {
    if (y < 0 || y >= s.h) {
      detail::fill_pixels(to, l.width * l.pixel, pad);
    } else {
      detail::copy_line(l, x.data + b * x.batch + y * x.row, x.pixel, s, pad, to);
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
