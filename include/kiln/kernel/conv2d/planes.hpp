// SPDX-License-Identifier: MIT
// A block of an image's lines as tiles of the matrix unit read it: padded, every stride-th pixel of
// every stride-th line in a plane of its own.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/line_buffer.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// The planes of a convolution's images, of stacks if it has some.
constexpr tensor::tiled_lines planes_of(gemm::arithmetic numbers, const sizes& s) {
  const auto elem = static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(numbers));
  const tensor::tiled_axis down(s.down, s.h, s.out_h), across(s.across, s.w, s.out_w);
  if (s.stack.lines != 0) return {down, across, s.stack, elem};
  return {down, across, s.c * elem};
}

/// True if tiles read the image itself: no stacks, one plane without padding, whose lines begin
/// whole pixels apart and whose pixels do not crowd a cache.
constexpr bool is_plane(gemm::arithmetic numbers, const sizes& s, const image_strides& x) {
  const auto elem = static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(numbers));
  const auto inside = [](const window& w, std::ptrdiff_t extent, std::ptrdiff_t steps) {
    return w.stride == 1 && w.before <= 0
           && w.begin(steps - 1) + (w.taps - 1) * w.dilation < extent;
  };
  return s.stack.lines == 0 && inside(s.down, s.h, s.out_h) && inside(s.across, s.w, s.out_w)
         && x.pixel > 0 && x.row > 0 && x.row % x.pixel == 0 && !tensor::crowds(x.pixel * elem);
}

namespace detail {

// The pixels of one line of the image that one plane keeps, or padding for all of them.
template <class Element>
struct plane_line final {
  const Element* from;  // null: all of it is padding
  std::ptrdiff_t x_pixel;
  std::ptrdiff_t pixel_bytes;  // that exist
  Element pad;

  void fill(std::byte* to, std::ptrdiff_t bytes) const {
    if (bytes <= 0) return;
    const auto count = static_cast<std::size_t>(bytes) / sizeof(Element);
    std::fill_n(reinterpret_cast<Element*>(to), count, pad);
  }
  void copy(const tensor::tiled_lines& l, std::ptrdiff_t plane, std::byte* to) const {
    const auto kept = static_cast<std::ptrdiff_t>(l.across.kept(plane, l.across.steps));
    const auto pixel = static_cast<std::ptrdiff_t>(l.pixel);
    if (from == nullptr) return fill(to, kept * pixel);
    const auto first = static_cast<std::ptrdiff_t>(l.across.first_inside(plane, kept));
    const auto end = static_cast<std::ptrdiff_t>(l.across.end_inside(plane, kept));
    fill(to, first * pixel);
    fill(to + end * pixel, (kept - end) * pixel);
    const Element* at = from + static_cast<std::ptrdiff_t>(l.across.at(plane, first)) * x_pixel;
    const auto step = static_cast<std::ptrdiff_t>(l.across.stride) * x_pixel;
    to += first * pixel;
    if (step * static_cast<std::ptrdiff_t>(sizeof(Element)) == pixel && pixel == pixel_bytes) {
      if (end > first) std::memcpy(to, at, static_cast<std::size_t>((end - first) * pixel));
      return;
    }
    for (std::ptrdiff_t i = first; i < end; ++i, at += step, to += pixel) {
      std::memcpy(to, at, static_cast<std::size_t>(pixel_bytes));
    }
  }
};

}  // namespace detail

/// Copies what some lines of results, from `first` on, need of image b.
///
/// @shape   to: [l.bytes(lines)]
/// @cost    reads and writes those lines once
/// @errors  none
template <class Element>
void copy_planes(const tensor::tiled_lines& l,
                 const image<Element>& x,
                 const sizes& s,
                 std::ptrdiff_t b,
                 std::ptrdiff_t first,
                 std::ptrdiff_t lines,
                 Element pad,
                 std::byte* to) noexcept {
  const auto plane = static_cast<std::ptrdiff_t>(l.plane_bytes(lines));
  const auto elem = static_cast<std::ptrdiff_t>(sizeof(Element));
  for (std::ptrdiff_t p = 0; p < l.down.planes; ++p) {
    const auto kept = static_cast<std::ptrdiff_t>(l.down.kept(p, lines));
    for (std::ptrdiff_t i = 0; i < kept; ++i) {
      const auto y = static_cast<std::ptrdiff_t>(l.down.at(p, first + i));
      const bool inside = y >= 0 && y < s.h;
      const detail::plane_line<Element> line{
          inside ? x.data + b * x.batch + y * x.row : nullptr, x.pixel, s.c * elem, pad};
      for (std::ptrdiff_t q = 0; q < l.across.planes; ++q) {
        const std::ptrdiff_t at = (p * l.across.planes + q) * plane + i * l.pitch * l.pixel;
        line.copy(l, q, to + at);
      }
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
