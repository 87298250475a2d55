// SPDX-License-Identifier: MIT
// What of a convolution with packed filters is known when its code is made: tiles, tails, copies.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/line_buffer.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/conv2d/planes.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// Which code a convolution needs. Equal configurations share it.
struct packed_config final {
  gemm::config product{};  // numbers, columns, tails; all of it where `plain`
  int plain = 0;           // 1 if it is a product of all pixels: 1x1, nothing in between
  int copies = 0;          // 1 if lines of the image go through the workspace
  int taps = 0;            // 1 if there is more than one run of k
  int lines_high = 1;      // of results in a tile: the one or two numbers that occur
  int lines_low = 0;       // 0 if all tiles are equally high
  int pixels_high = 1;     // likewise, of each line
  int pixels_low = 0;
  int words = 0;    // on AMX tiles, by configure_tiled(): of four bytes, in a step of k; else 0
  int stacked = 0;  // 1 if tiles read lines in stacks

  friend constexpr bool operator==(const packed_config&, const packed_config&) = default;
};

namespace detail {

constexpr bool is_plain(const sizes& s, const image_strides& x) {
  const auto one = [](const window& w) { return w.taps == 1 && w.stride == 1 && w.before == 0; };
  return one(s.down) && one(s.across) && s.out_h == s.h && s.out_w == s.w && s.groups == 1
         && (s.h == 1 || x.row == s.w * x.pixel) && (s.b == 1 || x.batch == s.h * s.w * x.pixel);
}

// As many rows of a as a set of the nearest cache has ways would still crowd it; half of them and
// twice the columns do not.
constexpr tensor::tile tile_for(const sizes& s, const image_strides& x, std::size_t elem, int m) {
  const tensor::tile usual = tensor::default_tile(core::native, m);
  const bool crowded = core::native.registers >= 32 && s.f / s.groups >= 64
                       && static_cast<std::size_t>(x.pixel) * elem % 4096 == 0;
  return crowded && usual.mr > 6 ? tensor::tile{.mr = 6, .nv = 4} : usual;
}

// True if a product of all pixels is bound by its image, which the second cache does not hold while
// it holds the filters. Tiles then fetch the next tile's pixels instead of the next filters.
constexpr bool streams_image(gemm::arithmetic numbers, const sizes& s, const image_strides& x) {
  constexpr std::ptrdiff_t half = core::native.l2_bytes / 2;
  const auto elem = static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(numbers));
  return is_plain(s, x) && x.pixel == s.c && !needs_copies(numbers, s, x)
         && s.out_w % convolution_tile(numbers, s).mr == 0 && s.h * x.row * elem > half
         && static_cast<std::ptrdiff_t>(panels_bytes(numbers, s)) <= half;
}

// What a configuration of all of k says of its runs. Built in one piece, as g++ 12.2 gives template
// arguments that were filled member by member wrong symbols.
constexpr gemm::config with_runs(const gemm::config& c, int depth_tail, bool streams) {
  return {.block = {.mr = c.block.mr, .nv = c.block.nv},
          .form = c.form,
          .full_columns = c.full_columns,
          .tail_packs = c.tail_packs,
          .tail_masked = c.tail_masked,
          .rows_high = c.rows_high,
          .rows_low = c.rows_low,
          .source = streams ? gemm::b_source::memory : c.source,
          .depth_blocks = c.depth_blocks,
          .numbers = c.numbers,
          .depth_tail = depth_tail,
          .compensated = c.compensated};
}

}  // namespace detail

/// The configuration of a convolution of images with these strides.
///
/// @pre     channels of x are contiguous
/// @errors  none
constexpr packed_config configure_packed(gemm::arithmetic numbers,
                                         const sizes& s,
                                         const image_strides& x,
                                         bool compensated = false) {
  const bool streams = detail::streams_image(numbers, s, x);
  const bool plain = detail::is_plain(s, x) && !streams;
  const auto f = static_cast<int>(s.f / s.groups);
  const auto m = static_cast<int>(s.b * s.out_h * s.out_w);
  const tensor::tile block = plain ? detail::tile_for(s, x, gemm::a_elem_bytes(numbers), m)
                                   : tensor::tallest_tile(core::native);
  const tap_runs runs = runs_of(s);
  const auto k = static_cast<int>(runs.rows * runs.cols * runs.elems);
  const gemm::config product =
      gemm::configure(numbers, block, gemm::a_form::k_contiguous, plain ? m : 0, k, f, compensated);
  const tensor::row_split lines = line_tiles(s, product.block.mr);
  const tensor::row_split pixels = pixel_tiles(s, product.block.mr);
  return {.product = detail::with_runs(
              product, runs.elems % gemm::neighbours(numbers) != 0 ? 1 : 0, streams),
          .plain = plain ? 1 : 0,
          .copies = !plain && needs_copies(numbers, s, x) ? 1 : 0,
          .taps = runs.rows * runs.cols > 1 ? 1 : 0,
          .lines_high = lines.height(0),
          .lines_low = lines.tall > 0 ? lines.low : 0,
          .pixels_high = pixels.height(0),
          .pixels_low = pixels.tall > 0 ? pixels.low : 0};
}

/// The configuration on AMX tiles. Most sizes share it; nothing is ever compensated, as tiles
/// multiply signed bytes too.
///
/// @pre     numbers have tiles, lines are stacked or a step of k takes whole words of c / groups
/// @errors  none
constexpr packed_config configure_tiled(gemm::arithmetic numbers,
                                        const sizes& s,
                                        const image_strides& x) {
  const auto elem = static_cast<std::int64_t>(gemm::a_elem_bytes(numbers));
  const bool passes = static_cast<std::int64_t>(panels_bytes(numbers, s)) > core::native.l2_bytes;
  // Two panels that stay in the nearest cache, which is larger than l1_bytes where there are tiles.
  const auto panel = static_cast<std::int64_t>(panel_bytes(numbers, s));
  const bool near = 2 * panel <= core::native.l1_bytes * 5 / 4;
  return {.product = {.block = {.mr = tensor::matrix_tile.mr, .nv = tensor::matrix_tile.nv},
                      .tail_packs = gemm::any_tail,
                      .source = passes ? gemm::b_source::memory
                                : near ? gemm::b_source::first_cache
                                       : gemm::b_source::second_cache,
                      .numbers = numbers,
                      .tiled = 1},
          .copies = is_plane(numbers, s, x) ? 0 : 1,
          .words = s.stack.lines != 0
                       ? s.stack.words
                       : static_cast<int>(tensor::even_words(s.c / s.groups * elem / 4)),
          .stacked = s.stack.lines != 0 ? 1 : 0};
}

/// Bytes of its workspace; 0 if it needs none.
constexpr std::size_t tiled_workspace_bytes(gemm::arithmetic numbers,
                                            const sizes& s,
                                            const image_strides& x) {
  if (is_plane(numbers, s, x)) return 0;
  const tensor::tiled_lines l = planes_of(numbers, s);
  return static_cast<std::size_t>(l.bytes(l.block(s.most_line_bytes)));
}

/// Bytes of the workspace of a convolution; 0 if it needs none.
constexpr std::size_t workspace_bytes(gemm::arithmetic numbers,
                                      const sizes& s,
                                      const image_strides& x) {
  if (detail::is_plain(s, x) || !needs_copies(numbers, s, x)) return 0;
  return line_buffer(numbers, s).bytes();
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
