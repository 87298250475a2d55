// SPDX-License-Identifier: MIT
// A block of an image's lines in stacks, as tiles of the matrix unit read images of few channels.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/line_buffer.hpp>
#include <kiln/kernel/conv2d/planes.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/simd/byte_stack.hpp>
#include <kiln/tensor/line_stack.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// How a convolution's lines are stacked; sizes with it pack and convolve so.
constexpr tensor::line_stack stack_of(gemm::arithmetic numbers, const sizes& s) {
  sizes plain = s;
  plain.stack = {};
  if (!core::native.tiles || !tensor::has_matrix_products(gemm::factors_of(numbers))) return {};
  if (s.down.taps > tensor::most_tiled_taps || !merges_taps(s)) return {};
  return tensor::stack_of(
      core::native, gemm::factors_of(numbers), planes_of(numbers, plain), s.c, s.groups);
}

namespace detail {

// What writes the lines of one stack after another.
template <class Element>
class stack_writer final {
 public:
  stack_writer(const tensor::tiled_lines& l, const image<Element>& x, const sizes& s, Element pad)
      : x_(x),
        s_(s),
        pad_(pad),
        piece_(static_cast<std::size_t>(s.c) * sizeof(Element)),
        pixel_(static_cast<std::size_t>(s.stack.pixel) * sizeof(Element)),
        pixels_(static_cast<std::ptrdiff_t>(l.stacked)),
        first_(std::clamp<std::ptrdiff_t>(s.across.before, 0, pixels_)),
        end_(std::clamp<std::ptrdiff_t>(s.w + s.across.before, first_, pixels_)),
        bytes_(static_cast<std::size_t>(s.stack.lines), piece_, pixel_) {}

  // Lines y, y + 1, ... of an image.
  void write(const Element* x, std::ptrdiff_t y, std::byte* to) const {
    const auto lines = static_cast<std::ptrdiff_t>(s_.stack.lines);
    std::array<const std::byte*, simd::byte_stack::most_rows> from{};
    bool all = true;
    for (std::ptrdiff_t i = 0; i < lines; ++i) {
      const bool inside = y + i >= 0 && y + i < s_.h;
      all = all && inside;
      if (!inside) continue;
      const Element* line = x + (y + i) * x_.row + (first_ - s_.across.before) * x_.pixel;
      from[static_cast<std::size_t>(i)] = reinterpret_cast<const std::byte*>(line);
    }
    fill(0, first_, to);
    fill(end_, pixels_, to);
    const auto count = static_cast<std::size_t>(end_ - first_);
    to += static_cast<std::size_t>(first_) * pixel_;
    if (!all || x_.pixel != s_.c) {
      by_pixel(from, to);
    } else if (pixel_ == piece_) {
      std::memcpy(to, from[0], count * piece_);
    } else {
      bytes_(from, count, to);
    }
  }

 private:
  void fill(std::ptrdiff_t first, std::ptrdiff_t last, std::byte* line) const {
    fill_pixels(line + static_cast<std::size_t>(first) * pixel_,
                (last - first) * static_cast<std::ptrdiff_t>(pixel_),
                pad_);
  }
  // Pixels with anything in between, and lines that are padding (null).
  void by_pixel(std::array<const std::byte*, simd::byte_stack::most_rows>& from,
                std::byte* to) const {
    const auto lines = static_cast<std::size_t>(s_.stack.lines);
    const std::ptrdiff_t step = x_.pixel * static_cast<std::ptrdiff_t>(sizeof(Element));
    for (std::ptrdiff_t i = first_; i < end_; ++i, to += pixel_) {
      for (std::size_t r = 0; r < lines; ++r) {
        std::byte* at = to + r * piece_;
        if (from[r] == nullptr) {
          fill_pixels(at, static_cast<std::ptrdiff_t>(piece_), pad_);
        } else {
          std::memcpy(at, from[r], piece_);
          from[r] += step;
        }
      }
      std::memset(to + lines * piece_, 0, pixel_ - lines * piece_);
    }
  }

  const image<Element>& x_;
  const sizes& s_;
  Element pad_;
  std::size_t piece_;      // bytes of a pixel of a line
  std::size_t pixel_;      // and of all lines
  std::ptrdiff_t pixels_;  // of a line
  std::ptrdiff_t first_;   // that lies in the image
  std::ptrdiff_t end_;
  simd::byte_stack bytes_;
};

}  // namespace detail

/// Copies what some lines of results, from `first` on, need of image b.
///
/// @shape   to: [l.bytes(lines)]
/// @cost    reads and writes those lines once
/// @pre     l is of s.stack
/// @errors  none
template <class Element>
void copy_stacks(const tensor::tiled_lines& l,
                 const image<Element>& x,
                 const sizes& s,
                 std::ptrdiff_t b,
                 std::ptrdiff_t first,
                 std::ptrdiff_t lines,
                 Element pad,
                 std::byte* to) noexcept {
  const detail::stack_writer<Element> writer(l, x, s, pad);
  const auto plane = static_cast<std::ptrdiff_t>(l.plane_bytes(lines));
  const auto line = static_cast<std::ptrdiff_t>(l.pitch * l.pixel);
  for (std::ptrdiff_t p = 0; p < l.down.planes; ++p, to += plane) {
    const auto kept = static_cast<std::ptrdiff_t>(l.down.kept(p, lines));
    for (std::ptrdiff_t i = 0; i < kept; ++i) {
      const auto y = static_cast<std::ptrdiff_t>(l.down.at(p, first + i));
      writer.write(x.data + b * x.batch, y, to + i * line);
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
