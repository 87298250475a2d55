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
#include <kiln/kernel/conv2d/tiled_block.hpp>
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

// One of the tiles of a block: where its results are. Positions between two lines have none.
struct tile_results final {
  std::size_t line = 0;     // the first result of its first line
  std::size_t pixel = 0;    // of its first position in that line
  std::size_t skipped = 0;  // positions that belong to the tile before, which ends behind them
  std::size_t col = 0;
};

// A block's sums on their way through the epilogue, some results at a time, while the tiles work on
// the next block.
template <gemm::arithmetic X, class Epilogue>
class block_finish final {
 public:
  KILN_INLINE explicit block_finish(const Epilogue& ep)
      : ep_(ep) {}

  /// Where tile i of the next block is; the block before has ended.
  KILN_INLINE tile_results& tile(std::size_t i) { return tiles_[i]; }
  /// Begins with a block of so many tiles, the next of which takes so many steps, in lines of
  /// out_w results, pitch positions apart.
  KILN_INLINE void begin(const std::byte* sums,
                         std::size_t count,
                         std::size_t height,
                         std::size_t out_w,
                         std::size_t pitch,
                         std::size_t steps) {
    sums_ = reinterpret_cast<const gemm::sum_element<X>*>(sums);
    count_ = count;
    height_ = height;
    out_w_ = out_w;
    pitch_ = pitch;
    quota_ = core::ceil_div(count * height, std::max<std::size_t>(steps, 1));
    tile_ = 0;
    enter_tile();
  }
  /// Its share of one step.
  KILN_INLINE void operator()() {
    some(quota_, [&](std::size_t count) KILN_INLINE_LAMBDA {
      for (std::size_t j = 0; j < gemm::panel; j += simd::lanes) {
        results(j, count, simd::all_lanes{});
      }
    });
  }
  /// What is left of it.
  KILN_INLINE void end() {
    while (tile_ < count_) (*this)();
  }
  /// All of it, with columns up to n only.
  [[gnu::noinline]] void cut(std::size_t n) noexcept {
    some(count_ * height_, [&](std::size_t count) {
      const std::size_t col = tiles_[tile_].col;
      for (std::size_t j = 0; j < gemm::panel && col + j < n; j += simd::lanes) {
        results(j, count, simd::mask::first(n - col - j));
      }
    });
  }

 private:
  KILN_INLINE void enter_tile() {
    const tile_results& t = tiles_[tile_];
    done_ = t.skipped;
    line_ = t.line;
    pixel_ = t.pixel;
  }
  KILN_INLINE void advance(std::size_t count) {
    done_ += count;
    pixel_ += count;
    if (pixel_ == pitch_) {
      pixel_ = 0;
      line_ += out_w_;
    }
    if (done_ == height_ && ++tile_ < count_) enter_tile();
  }
  // Calls f(count) for runs of results until there were so many or none is left.
  template <class F>
  KILN_INLINE void some(std::size_t count, const F& f) {
    while (count > 0 && tile_ < count_) {
      const std::size_t left = height_ - done_;
      if (pixel_ >= out_w_) {
        advance(std::min(left, pitch_ - pixel_));
        continue;
      }
      const std::size_t now = std::min({count, left, out_w_ - pixel_});
      f(now);
      count -= now;
      advance(now);
    }
  }
  template <class Lanes>
  KILN_INLINE void results(std::size_t j, std::size_t count, Lanes m) const {
    const gemm::sum_element<X>* from =
        sums_ + (tile_ * gemm::tiled_step_rows + done_) * gemm::panel + j;
    const std::size_t col = tiles_[tile_].col + j;
    const std::size_t first = line_ + pixel_;
    const Epilogue ep = ep_;  // its addresses stay in registers
    auto state = ep.columns(col, m);
    for (std::size_t row = first; row < first + count; ++row, from += gemm::panel) {
      ep.finish(state, row, col, ep.start(state, row, col, m) + simd::load(from), m);
    }
  }

  const Epilogue& ep_;
  const gemm::sum_element<X>* sums_ = nullptr;
  std::array<tile_results, gemm::first_left_tile> tiles_{};
  std::size_t count_ = 0;
  std::size_t height_ = 0;
  std::size_t out_w_ = 0;
  std::size_t pitch_ = 0;
  std::size_t quota_ = 0;  // results in a step
  std::size_t tile_ = 0;   // the first one that has not ended
  std::size_t done_ = 0;   // positions of it
  std::size_t line_ = 0;   // the first result of the line of the next position
  std::size_t pixel_ = 0;  // that position in its line
};

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
        steps_(static_cast<std::size_t>(group_bytes_) / (4 * std::size_t{C.words})),
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
          copy_planes(l, x, s_, b, i, lines, pad, workspace);
          read_planes(l, lines, workspace, at);
        } else {
          read_image(x, b, i, at);
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
    set_taps({l.across.planes * plane, l.pitch * l.pixel}, {plane, l.pixel});
  }
  template <class Element>
  KILN_INLINE void read_image(const image<Element>& x,
                              std::ptrdiff_t b,
                              std::ptrdiff_t i,
                              tiled_lines_at& at) {
    constexpr auto elem = static_cast<std::ptrdiff_t>(sizeof(Element));
    at.x = reinterpret_cast<const std::byte*>(x.data + b * x.batch + s_.down.begin(i) * x.row
                                              + s_.across.begin(0) * x.pixel);
    at.pitch = static_cast<std::size_t>(x.row / x.pixel);
    a_row_ = x.pixel * elem;
    set_taps({0, x.row * elem}, {0, a_row_});
  }
  // Bytes from a plane of lines or pixels to the next, and from an element of a plane to the next.
  struct distances final {
    std::ptrdiff_t plane;
    std::ptrdiff_t element;
  };
  // Line after line, of each the taps in one plane after another: those see almost the same pixels,
  // one after another while these are near.
  KILN_INLINE void set_taps(const distances& lines, const distances& pixels) {
    const tensor::tiled_axis down(s_.down, s_.h, s_.out_h), across(s_.across, s_.w, s_.out_w);
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
      all_columns(tiles, at, b, static_cast<std::size_t>(g) * count_);
      at.x += group_bytes_;
      b += core::ceil_div(count_, gemm::panel) * panel_bytes_;
    }
  }
  KILN_INLINE void all_columns([[maybe_unused]] const simd::tile_holder& tiles,
                               const tiled_lines_at& at,
                               const std::byte* b,
                               std::size_t first_col) {
    const std::size_t all = core::ceil_div(at.last, gemm::tiled_step_rows);
    block_place t{
        .a_row = a_row_, .taps = &taps_, .steps = steps_, .b = b, .b_stride = panel_bytes_};
    for (std::size_t col = 0; col < count_; col += 2 * gemm::panel, t.b += 2 * panel_bytes_) {
      const std::size_t panels =
          std::min<std::size_t>(2, core::ceil_div(count_ - col, gemm::panel));
      if constexpr (fetches) expect_columns(t, b, col + 2 * gemm::panel, all);
      for (std::size_t i = 0; i < all; i += 2) {
        const std::size_t rows = std::min<std::size_t>(2, all - i);
        t.a[0] = at.x + static_cast<std::ptrdiff_t>(first_position(at, i)) * a_row_;
        t.a[1] = at.x + static_cast<std::ptrdiff_t>(first_position(at, i + rows - 1)) * a_row_;
        if constexpr (calls_user) tiles.use(block_config<C.words>(height_));
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
    sum_taps<shape>(t, pending_ != 0 ? sums_.data() : nullptr, finish_);
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
    for (std::size_t i = 0, k = 0; i < rows; ++i) {
      const std::size_t wanted = (tile + i) * gemm::tiled_step_rows;
      const std::size_t line = wanted / at.pitch;
      for (std::size_t j = 0; j < panels; ++j, ++k) {
        tile_results& results = finish_.tile(k);
        results.line = at.row + line * at.out_w;
        results.pixel = wanted - line * at.pitch;
        results.skipped = wanted - first_position(at, tile + i);
        results.col = first_col + col + j * gemm::panel;
      }
    }
    finish_.begin(sums_.data(), rows * panels, height_, at.out_w, at.pitch, taps_.count * steps_);
    pending_ = static_cast<int>(rows * panels);
    const bool cuts = col + panels * gemm::panel > count_;
    if (cuts || calls_user) store_pending();
    if (cuts) finish_.cut(first_col + count_);
    if constexpr (calls_user) finish_.end();  // nothing is in the tiles now
  }
  // Tiles that no block of as many will store.
  KILN_INLINE void store_pending() {
    if (pending_ != 0) gemm::store_sums(sums_.data(), static_cast<std::size_t>(pending_));
    pending_ = 0;
  }

  const sizes& s_;
  const std::byte* panels_;
  block_finish<X, Epilogue> finish_;
  std::size_t count_;           // filters of a group
  std::ptrdiff_t group_bytes_;  // of a pixel that a filter sees
  std::size_t steps_;           // of a tap
  std::size_t panel_bytes_;
  std::ptrdiff_t a_row_ = 0;
  std::size_t height_ = 0;  // rows of every tile
  int pending_ = 0;         // tiles of the last block, which has not been stored
  tap_list taps_{};
  alignas(64) std::array<std::byte, gemm::first_left_tile * gemm::tile_bytes> sums_;
};

}  // namespace detail

/// Bytes of stack that a convolution on tiles takes for its buffers.
inline constexpr std::size_t tiled_stack_bytes =
    sizeof(tap_list) + gemm::first_left_tile * gemm::tile_bytes + 512;

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
