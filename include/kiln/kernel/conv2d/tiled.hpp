// SPDX-License-Identifier: MIT
// Convolution on AMX tiles: sixteen results of a block of lines, wherever a line ends, are the rows
// of a tile.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/conv2d/planes.hpp>
#include <kiln/kernel/conv2d/stacks.hpp>
#include <kiln/kernel/conv2d/tiled_block.hpp>
#include <kiln/kernel/conv2d/tiled_finish.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

namespace detail {

// Lines of results whose positions follow one another in memory.
struct tiled_lines_at final {
  const std::byte* x;  // the first tap of the first result
  std::size_t pitch;   // positions from a line to the next
  std::size_t out_w;   // results of a line
  std::size_t last;    // behind the last result
  std::size_t row;     // of the first result
};

template <packed_config C, class Epilogue>
class tiled_convolution final {
 public:
  static constexpr gemm::arithmetic X = C.product.numbers;
  static constexpr bool fetches = C.product.source == gemm::b_source::memory;
  // A user's function may run another net, which needs the tiles for itself.
  static constexpr bool calls_user = requires { requires Epilogue::calls_user; };

  KILN_INLINE tiled_convolution(const std::byte* panels, const sizes& s, const Epilogue& ep)
      : s_(s),
        panels_(panels),
        finish_(ep),
        count_(static_cast<std::size_t>(s.f / s.groups)),
        group_bytes_(s.c / s.groups * static_cast<std::ptrdiff_t>(gemm::a_elem_bytes(X))),
        steps_(C.stacked != 0
                   ? static_cast<std::size_t>(s.stack.steps)
                   : static_cast<std::size_t>(group_bytes_) / (4 * std::size_t{C.words})),
        panel_bytes_(panel_bytes(X, s)) {}

  template <class Element>
  KILN_INLINE void run(const image<Element>& x, std::byte* workspace, Element pad) {
    const simd::tile_holder tiles;
    const tensor::tiled_lines l = planes_of(X, s_);
    const auto block =
        C.copies != 0 ? static_cast<std::ptrdiff_t>(l.block(s_.most_line_bytes)) : s_.out_h;
    for (std::ptrdiff_t b = 0; b < s_.b; ++b) {
      for (std::ptrdiff_t i = 0; i < s_.out_h; i += block) {
        const std::ptrdiff_t lines = std::min(block, s_.out_h - i);
        tiled_lines_at at{};
        at.row = static_cast<std::size_t>((b * s_.out_h + i) * s_.out_w);
        if constexpr (C.copies != 0) {
          if constexpr (C.stacked != 0) {
            copy_stacks(l, x, s_, b, i, lines, pad, workspace);
          } else {
            copy_planes(l, x, s_, b, i, lines, pad, workspace);
          }
          read_planes(l, lines, workspace, at);
        } else {
          read_image(l, x, b, i, at);
        }
        set_lines(lines, at);
        all_groups(tiles, at);
      }
    }
    store_pending();
    finish_.end();
  }

 private:
  KILN_INLINE void read_planes(const tensor::tiled_lines& l,
                               std::ptrdiff_t lines,
                               const std::byte* planes,
                               tiled_lines_at& at) {
    at.x = planes;
    at.pitch = static_cast<std::size_t>(l.pitch);
    a_row_ = static_cast<std::ptrdiff_t>(l.pixel);
    const auto plane = static_cast<std::ptrdiff_t>(l.plane_bytes(lines));
    set_taps(l, {l.across.planes * plane, l.pitch * l.pixel}, {plane, l.pixel});
  }
  template <class Element>
  KILN_INLINE void read_image(const tensor::tiled_lines& l,
                              const image<Element>& x,
                              std::ptrdiff_t b,
                              std::ptrdiff_t i,
                              tiled_lines_at& at) {
    constexpr auto elem = static_cast<std::ptrdiff_t>(sizeof(Element));
    at.x = reinterpret_cast<const std::byte*>(x.data + b * x.batch + s_.down.begin(i) * x.row
                                              + s_.across.begin(0) * x.pixel);
    at.pitch = static_cast<std::size_t>(x.row / x.pixel);
    a_row_ = x.pixel * elem;
    set_taps(l, {0, x.row * elem}, {0, a_row_});
  }
  // Bytes from a plane of lines or pixels to the next, and from an element of a plane to the next.
  struct distances final {
    std::ptrdiff_t plane;
    std::ptrdiff_t element;
  };
  // Line after line, of each the taps in one plane after another: those see almost the same pixels,
  // one after another while these are near.
  KILN_INLINE void set_taps(const tensor::tiled_lines& l,
                            const distances& lines,
                            const distances& pixels) {
    const tensor::tiled_axis &down = l.down, &across = l.across;
    const auto tap_bytes = static_cast<std::ptrdiff_t>(steps_ * C.words * simd::tile_row_bytes);
    taps_.count = 0;
    for (std::ptrdiff_t r = 0; r < down.taps; ++r) {
      const std::ptrdiff_t line = down.plane(r) * lines.plane + down.distance(r) * lines.element;
      for (std::ptrdiff_t p = 0; p < across.planes; ++p) {
        for (std::ptrdiff_t q = 0; q < across.taps; ++q) {
          if (across.plane(q) != p) continue;
          taps_.taps[taps_.count++] = {
              line + p * pixels.plane + across.distance(q) * pixels.element,
              (r * across.taps + q) * tap_bytes};
        }
      }
    }
  }
  // Lines without anything in between are one.
  KILN_INLINE void set_lines(std::ptrdiff_t lines, tiled_lines_at& at) {
    const auto all = static_cast<std::size_t>(lines);
    at.out_w = static_cast<std::size_t>(s_.out_w);
    at.last = (all - 1) * at.pitch + at.out_w;
    if (at.pitch == at.out_w) at.pitch = at.out_w = at.last;
    height_ = std::min(at.last, gemm::tiled_step_rows);
  }

  KILN_INLINE void all_groups(const simd::tile_holder& tiles, const tiled_lines_at& lines) {
    tiled_lines_at at = lines;
    const std::byte* b = panels_;
    store_pending();
    tiles.use(block_config<C.words>(height_));
    for (std::ptrdiff_t g = 0; g < s_.groups; ++g) {
      const std::size_t all = core::ceil_div(at.last, gemm::tiled_step_rows);
      // Filters that stay in the nearest cache: what is written of a line stays there, too.
      const std::size_t together = C.stacked != 0 && !fetches ? 2 : all;
      for (std::size_t i = 0; i < all; i += together) {
        all_columns(
            tiles, at, b, static_cast<std::size_t>(g) * count_, i, std::min(i + together, all));
      }
      at.x += group_bytes_;
      b += core::ceil_div(count_, gemm::panel) * panel_bytes_;
    }
  }
  KILN_INLINE void all_columns([[maybe_unused]] const simd::tile_holder& tiles,
                               const tiled_lines_at& at,
                               const std::byte* b,
                               std::size_t first_col,
                               std::size_t first_tile,
                               std::size_t end_tile) {
    block_place t{
        .a_row = a_row_, .taps = &taps_, .steps = steps_, .b = b, .b_stride = panel_bytes_};
    for (std::size_t col = 0; col < count_; col += 2 * gemm::panel, t.b += 2 * panel_bytes_) {
      const std::size_t panels =
          std::min<std::size_t>(2, core::ceil_div(count_ - col, gemm::panel));
      if constexpr (fetches) expect_columns(t, b, col + 2 * gemm::panel, end_tile);
      for (std::size_t i = first_tile; i < end_tile; i += 2) {
        const std::size_t rows = std::min<std::size_t>(2, end_tile - i);
        t.a[0] = at.x + static_cast<std::ptrdiff_t>(first_position(at, i)) * a_row_;
        t.a[1] = at.x + static_cast<std::ptrdiff_t>(first_position(at, i + rows - 1)) * a_row_;
        if constexpr (calls_user) tiles.use_anew(block_config<C.words>(height_));
        block(t, rows, panels);
        if constexpr (fetches) {
          t.next += taps_.count * steps_ * t.next_lines * simd::tile_row_bytes;
        }
        pass_on(at, i, rows, panels, first_col, col);
      }
    }
  }
  // The last tile ends with the last result: it may repeat positions of the one before.
  [[nodiscard]] KILN_INLINE std::size_t first_position(const tiled_lines_at& at,
                                                       std::size_t tile) const {
    return std::min(tile * gemm::tiled_step_rows, at.last - height_);
  }
  // The panels from col on, in equal shares for every step of the blocks before; behind the last
  // ones those of the first columns, which the next lines begin with.
  KILN_INLINE void expect_columns(block_place& t,
                                  const std::byte* b,
                                  std::size_t col,
                                  std::size_t tiles) const {
    const std::size_t from = col < count_ ? col : 0;
    const std::size_t panels = std::min<std::size_t>(2, core::ceil_div(count_ - from, gemm::panel));
    const std::size_t steps = core::ceil_div(tiles, std::size_t{2}) * taps_.count * steps_;
    t.next = b + from / gemm::panel * panel_bytes_;
    t.next_lines = panels * panel_bytes_ / simd::tile_row_bytes / steps;
  }
  template <int Rows, int Panels>
  KILN_INLINE void sum(const block_place& t) {
    constexpr bool large = Rows * Panels == 4;
    constexpr block_shape shape{.numbers = X,
                                .rows = Rows,
                                .panels = Panels,
                                .words = C.words,
                                .once = C.product.source != gemm::b_source::first_cache ? 1 : 0,
                                .fetches = large && fetches ? 1 : 0};
    if (pending_ != Rows * Panels) store_pending();
    sum_taps<shape>(t, pending_ != 0 ? finish_.sums() : nullptr, finish_);
  }
  KILN_INLINE void block(const block_place& t, std::size_t rows, std::size_t panels) {
    if (rows == 2 && panels == 2) {
      sum<2, 2>(t);
    } else if (rows == 2) {
      sum<2, 1>(t);
    } else if (panels == 2) {
      sum<1, 2>(t);
    } else {
      sum<1, 1>(t);
    }
  }
  // The block before ends now, and this one begins.
  KILN_INLINE void pass_on(const tiled_lines_at& at,
                           std::size_t tile,
                           std::size_t rows,
                           std::size_t panels,
                           std::size_t first_col,
                           std::size_t col) {
    finish_.end();
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t wanted = (tile + i) * gemm::tiled_step_rows;
      const std::size_t line = wanted / at.pitch;
      tiled_results& results = finish_.part(i);
      results.line = at.row + line * at.out_w;
      results.pixel = wanted - line * at.pitch;
      results.skipped = wanted - first_position(at, tile + i);
    }
    finish_.begin({.rows = rows,
                   .panels = panels,
                   .col = first_col + col,
                   .height = height_,
                   .out_w = at.out_w,
                   .pitch = at.pitch},
                  taps_.count * steps_);
    pending_ = static_cast<int>(rows * panels);
    const bool cuts = col + panels * gemm::panel > count_;
    if (cuts || calls_user) store_pending();
    if (cuts) finish_.cut(first_col + count_);
    if constexpr (calls_user) finish_.end();  // nothing is in the tiles now
  }
  // Tiles that no block of as many will store.
  KILN_INLINE void store_pending() {
    if (pending_ != 0) gemm::store_sums(finish_.sums(), static_cast<std::size_t>(pending_));
    pending_ = 0;
  }

  const sizes& s_;
  const std::byte* panels_;
  tiled_finish<X, Epilogue> finish_;
  std::size_t count_;           // filters of a group
  std::ptrdiff_t group_bytes_;  // of a pixel that a filter sees
  std::size_t steps_;           // of a tap
  std::size_t panel_bytes_;
  std::ptrdiff_t a_row_ = 0;
  std::size_t height_ = 0;  // rows of every tile
  int pending_ = 0;         // tiles of the last block, which has not been stored
  tap_list taps_{};
};

}  // namespace detail

/// Bytes of stack that a convolution on tiles takes for its buffers.
inline constexpr std::size_t tiled_stack_bytes =
    sizeof(tap_list) + gemm::first_left_tile * gemm::tile_bytes + 1024;

/// convolve() on tiles. The same bits for a result wherever it stands and however many there are:
/// each sum goes through the same steps, even_words() of k at a time.
///
/// @shape     as convolve()
/// @cost      2 r s c / groups flop a result, 16 cycles for 32768 of bytes or 16384 of bf16 where
///            lines fill tiles and channels fill steps
/// @pre       C = configure_tiled() of these sizes and strides; the process may use tiles
/// @errors    none
/// @accuracy  bytes: exact, wraps around; bf16: |error| <= (k / 2 + steps + 2) eps sum |x w|, steps
///            of even_words() each, denormal numbers count as zero
template <packed_config C, class Element, class Epilogue>
[[gnu::noinline]] void convolve_tiled(const image<Element>& x,
                                      const std::byte* packed,
                                      const sizes& s,
                                      std::byte* workspace,
                                      const Epilogue& ep,
                                      Element pad) noexcept {
  static_assert(gemm::has_tiles(C.product.numbers) && C.words > 0);
  detail::tiled_convolution<C, Epilogue>(packed, s, ep).run(x, workspace, pad);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
