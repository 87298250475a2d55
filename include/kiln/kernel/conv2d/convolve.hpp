// SPDX-License-Identifier: MIT
// Convolution with packed filters: the product's register tile over three dimensions of k.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/line_buffer.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/conv2d/tiled.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/cursor.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/micro.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

namespace detail {

// Lines of results whose windows lie in memory without gaps, and one group's filters for them.
struct line_block final {
  const std::byte* x;     // the first tap of the first result
  std::ptrdiff_t a_row;   // bytes from one result to the next
  std::ptrdiff_t a_line;  // and from one line of results to the next
  gemm::tap_walk taps;
  std::size_t run;  // elements
  const std::byte* panels;
  std::size_t panel_bytes;
  std::size_t row;  // of the first result
  std::size_t out_w;
  tensor::row_split lines;  // of the image's results
  int first;                // of these tiles, those of the block
  int last;
  std::size_t col;    // of the group's first filter
  std::size_t count;  // of its filters
};

template <packed_config C, int Lines, int Pixels, int Packs>
inline constexpr gemm::micro_shape shape_of_rectangle{.mr = Lines * Pixels,
                                                      .nv = Packs,
                                                      .form = gemm::a_form::k_contiguous,
                                                      .source = C.product.source,
                                                      .chains = 1,
                                                      .numbers = C.product.numbers,
                                                      .depth_tail = C.product.depth_tail,
                                                      .line = Lines > 1 ? Pixels : 0,
                                                      .taps = C.taps};

// Calls f(constant) with the one of two numbers that it is; the second may not occur (0).
template <int High, int Low, class F>
KILN_INLINE void with_one_of(int number, const F& f) {
  if constexpr (Low != 0) {
    if (number == Low) return f(std::integral_constant<int, Low>{});
  }
  f(std::integral_constant<int, High>{});
}

// All tiles of the block against some packs of filters: their panels stay in cache.
template <packed_config C, int Packs, class Last, class Epilogue>
KILN_INLINE void tiles_of_columns(const line_block& x,
                                  std::size_t col,
                                  Last last,
                                  const Epilogue& ep) {
  constexpr std::size_t row_bytes = gemm::panel_row_bytes(C.product.numbers);
  constexpr std::size_t width = static_cast<std::size_t>(Packs) * simd::lanes;
  const auto panels_at = [&](std::size_t c) {
    return x.panels + c / gemm::panel * x.panel_bytes + c % gemm::panel * (row_bytes / gemm::panel);
  };
  const std::byte* b = panels_at(col);
  const std::byte* following = panels_at(col + width < x.count ? col + width : 0);
  // Each tile lets the second cache fetch its share of the following panels, or the next tile's
  // pixels where those pass by for the first time.
  const bool streams = C.copies == 0 && C.taps == 0 && x.col + col == 0;
  constexpr auto most = shape_of_rectangle<C, C.lines_high, C.pixels_high, Packs>;
  const std::size_t share_bytes =
      core::round_up(x.panel_bytes / gemm::steps_per_next_row(most), std::size_t{64});
  const std::byte* end = following + core::ceil_div(width, gemm::panel) * x.panel_bytes;
  const tensor::row_split pixels(static_cast<int>(x.out_w), C.pixels_high);
  for (int i = x.first; i < x.last; ++i) {
    const int line = x.lines.begin(i) - x.lines.begin(x.first);
    for (int j = 0; j < pixels.tiles; ++j) {
      const int pixel = pixels.begin(j);
      const gemm::tile_place t{
          .a = x.x + line * x.a_line + pixel * x.a_row,
          .a_row = x.a_row,
          .a_k = 0,
          .b = b,
          .b_stride = x.panel_bytes,
          .next = streams           ? x.x + line * x.a_line + (pixel + C.pixels_high) * x.a_row
                  : following < end ? following
                                    : b,
          .k = x.run,
          .row = x.row + static_cast<std::size_t>(line) * x.out_w + static_cast<std::size_t>(pixel),
          .col = x.col + col,
          .a_line = x.a_line,
          .row_line = x.out_w,
          .taps = x.taps};
      following += share_bytes;
      with_one_of<C.lines_high, C.lines_low>(
          x.lines.height(i), [&]<int Lines>(std::integral_constant<int, Lines>) KILN_INLINE_LAMBDA {
            with_one_of<C.pixels_high, C.pixels_low>(
                pixels.height(j),
                [&]<int Pixels>(std::integral_constant<int, Pixels>) KILN_INLINE_LAMBDA {
                  gemm::micro<shape_of_rectangle<C, Lines, Pixels, Packs>>(t, last, ep);
                });
          });
    }
  }
}

template <packed_config C, class Epilogue>
KILN_INLINE void all_columns(const line_block& x, const Epilogue& ep) {
  constexpr gemm::config p = C.product;
  constexpr std::size_t width = static_cast<std::size_t>(p.block.nv) * simd::lanes;
  std::size_t col = 0;
  if constexpr (p.full_columns != 0) {
    for (; col + width <= x.count; col += width) {
      tiles_of_columns<C, p.block.nv>(x, col, simd::all_lanes{}, ep);
    }
  }
  if constexpr (p.tail_packs > 0 && p.tail_masked == 0) {
    tiles_of_columns<C, p.tail_packs>(x, col, simd::all_lanes{}, ep);
  } else if constexpr (p.tail_packs > 0) {
    constexpr std::size_t before_last = (static_cast<std::size_t>(p.tail_packs) - 1) * simd::lanes;
    tiles_of_columns<C, p.tail_packs>(x, col, simd::mask::first(x.count - col - before_last), ep);
  }
}

// The lines [first, last) of results of image b, all groups.
template <packed_config C, class Epilogue>
void all_groups(line_block x,
                std::ptrdiff_t first_channel_bytes,
                const sizes& s,
                const Epilogue& ep) noexcept {
  const std::size_t panels = core::ceil_div(x.count, gemm::panel);
  for (std::ptrdiff_t g = 0; g < s.groups; ++g) {
    all_columns<C>(x, ep);
    x.x += first_channel_bytes;
    x.panels += panels * x.panel_bytes;
    x.col += x.count;
  }
}

template <packed_config C, class Element, class Epilogue>
void all_lines(const image<Element>& x,
               const std::byte* panels,
               const sizes& s,
               std::byte* workspace,
               const Epilogue& ep,
               Element pad) noexcept {
  constexpr gemm::arithmetic numbers = C.product.numbers;
  constexpr auto elem = static_cast<std::ptrdiff_t>(sizeof(Element));
  const line_buffer buffer(numbers, s);
  const tap_runs runs = runs_of(s);
  const std::ptrdiff_t row = C.copies != 0 ? buffer.row : x.row * elem;
  const std::ptrdiff_t pixel = C.copies != 0 ? buffer.pixel : x.pixel * elem;
  const std::ptrdiff_t down = C.copies != 0 && s.down.taps == 1 ? 1 : s.down.stride;
  const std::ptrdiff_t across = C.copies != 0 && s.across.taps == 1 ? 1 : s.across.stride;
  line_block block{.x = nullptr,
                   .a_row = across * pixel,
                   .a_line = down * row,
                   .taps = {.rows = runs.rows,
                            .cols = runs.cols,
                            .row_bytes = s.down.dilation * row,
                            .col_bytes = s.across.dilation * pixel},
                   .run = runs.elems,
                   .panels = panels,
                   .panel_bytes = panel_bytes(numbers, s),
                   .row = 0,
                   .out_w = static_cast<std::size_t>(s.out_w),
                   .lines = tensor::row_split(static_cast<int>(s.out_h), C.lines_high),
                   .first = 0,
                   .last = 0,
                   .col = 0,
                   .count = static_cast<std::size_t>(s.f / s.groups)};
  for (std::ptrdiff_t b = 0; b < s.b; ++b) {
    for (block.first = 0; block.first < block.lines.tiles; block.first = block.last) {
      block.last = std::min(block.first + buffer.tiles, block.lines.tiles);
      const std::ptrdiff_t i = block.lines.begin(block.first);
      block.row = static_cast<std::size_t>((b * s.out_h + i) * s.out_w);
      if constexpr (C.copies != 0) {
        copy_lines(buffer, x, s, b, {i, block.lines.begin(block.last)}, pad, workspace);
        block.x = workspace;
      } else {
        block.x = reinterpret_cast<const std::byte*>(x.data + b * x.batch + s.down.begin(i) * x.row
                                                     + s.across.begin(0) * x.pixel);
      }
      all_groups<C>(block, s.c / s.groups * elem, s, ep);
    }
  }
}

// 1x1 and nothing between the pixels: those of the results' lines are the rows of one product.
template <packed_config C, class Element, class Epilogue>
void all_pixels(const image<Element>& x,
                const std::byte* panels,
                const sizes& s,
                const std::int32_t* compensation,
                const Epilogue& ep) noexcept {
  constexpr gemm::arithmetic numbers = C.product.numbers;
  gemm::run<C.product>(
      gemm::operands_of<numbers>{.a = x.data + s.down.begin(0) * x.row,
                                 .a_row = x.pixel,
                                 .a_k = 1,
                                 .b = reinterpret_cast<const gemm::b_element<numbers>*>(panels),
                                 .m = static_cast<std::size_t>(s.b * s.out_h * s.out_w),
                                 .n = static_cast<std::size_t>(s.f),
                                 .k = static_cast<std::size_t>(s.c),
                                 .compensation = compensation},
      ep);
}

}  // namespace detail

/// Convolution in which every filter sees all channels of its group, with filters packed by
/// pack_filters(). Padding counts as `pad`. The epilogue's row is the result's pixel, counted over
/// all images, its column the first filter of a pack.
///
/// @shape     x: [b, h, w, c]; packed: [packed_bytes()]; workspace: [workspace_bytes()]; results:
///            [b * out_h * out_w, f]
/// @cost      2 r s c / groups flop a result
/// @pre       C = configure_packed() or configure_tiled() of these sizes and strides; the workspace
///            is 64-byte aligned and overlaps nothing
/// @errors    none
/// @accuracy  f32: each element is one chain over (r, s, c) ascending: |error| <= k eps sum |x w|
///            (+ the epilogue's), k = r s c / groups; s32: exact, wraps around
template <packed_config C, class Element, class Epilogue>
void convolve(const image<Element>& x,
              const std::byte* packed,
              const sizes& s,
              std::byte* workspace,
              const Epilogue& ep,
              Element pad = {}) noexcept {
  constexpr gemm::arithmetic numbers = C.product.numbers;
  static_assert(std::is_same_v<Element, gemm::a_element<numbers>>);
  if (s.b == 0 || s.out_h == 0 || s.out_w == 0 || s.f == 0) return;
  const auto* compensation =
      reinterpret_cast<const std::int32_t*>(packed + panels_bytes(numbers, s));
  if constexpr (C.words != 0) {
    convolve_tiled<C>(x, packed, s, workspace, ep, pad);
  } else if constexpr (C.plain != 0) {
    detail::all_pixels<C>(x, packed, s, compensation, ep);
  } else if constexpr (C.product.compensated != 0) {
    const gemm::compensated<Epilogue> all{ep, compensation};
    detail::all_lines<C>(x, packed, s, workspace, all, pad);
  } else {
    detail::all_lines<C>(x, packed, s, workspace, ep, pad);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
