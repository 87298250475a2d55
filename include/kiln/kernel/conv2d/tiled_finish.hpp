// SPDX-License-Identifier: MIT
// The sums of a convolution's tiles on their way to the results, while tiles work on the next ones.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/tiled_block.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// A row of tiles of a block: where its results are. Positions between two lines have none.
struct tiled_results final {
  std::size_t line = 0;     // the first result of its first line
  std::size_t pixel = 0;    // of its first position in that line
  std::size_t skipped = 0;  // positions that belong to the tile above, which ends behind them
};

/// A block of one or two rows of one or two tiles.
struct finished_block final {
  std::size_t rows = 0;
  std::size_t panels = 0;
  std::size_t col = 0;     // the first filter
  std::size_t height = 0;  // positions of a tile
  std::size_t out_w = 0;   // results of a line
  std::size_t pitch = 0;   // positions from a line to the next
};

/// A block's sums on their way through the epilogue, some results at a time, while the tiles work
/// on the next block, whose first step stores them.
template <gemm::arithmetic X, class Epilogue>
class tiled_finish final {
 public:
  KILN_INLINE explicit tiled_finish(const Epilogue& ep)
      : ep_(ep) {}

  /// Where row of tiles i of the next block is; the block before has ended. Written in place: to
  /// read a copy at once would wait for all stores before it, those of tiles too.
  KILN_INLINE tiled_results& part(std::size_t i) { return parts_[i]; }
  /// Begins with a block. The one after it takes so many steps.
  KILN_INLINE void begin(const finished_block& b, std::size_t steps) {
    rows_ = b.rows;
    panels_ = b.panels;
    col_ = b.col;
    height_ = b.height;
    out_w_ = b.out_w;
    pitch_ = b.pitch;
    part_ = 0;
    quota_ = gemm::rows_of_step(b.rows * b.height, b.panels, steps);
    enter_part();
  }
  /// Where the tiles' sums belong before.
  [[nodiscard]] KILN_INLINE std::byte* sums() { return reinterpret_cast<std::byte*>(sums_.data()); }
  /// Its share of one step.
  KILN_INLINE void operator()() { some(quota_); }
  /// What is left of it.
  KILN_INLINE void end() { some(rows_ * gemm::tiled_step_rows); }
  /// All of it, with columns up to n only.
  [[gnu::noinline]] void cut(std::size_t n) noexcept {
    runs(rows_ * gemm::tiled_step_rows, [&](std::size_t count) {
      for (std::size_t j = 0; j < panels_ * gemm::panel && col_ + j < n; j += simd::lanes) {
        one(j, count, simd::mask::first(n - col_ - j));
      }
    });
  }

 private:
  KILN_INLINE void enter_part() {
    if (part_ >= rows_) return;
    done_ = parts_[part_].skipped;
    line_ = parts_[part_].line;
    pixel_ = parts_[part_].pixel;
  }
  KILN_INLINE void advance(std::size_t count) {
    done_ += count;
    pixel_ += count;
    if (pixel_ == pitch_) {
      pixel_ = 0;
      line_ += out_w_;
    }
    if (done_ == height_) {
      ++part_;
      enter_part();
    }
  }
  // Calls f(count) for runs of results until there were so many or none is left.
  template <class F>
  KILN_INLINE void runs(std::size_t count, const F& f) {
    while (count > 0 && part_ < rows_) {
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
  KILN_INLINE void some(std::size_t count) {
    runs(count, [&](std::size_t now) KILN_INLINE_LAMBDA {
      for (std::size_t j = 0; j < panels_ * gemm::panel; j += 2 * simd::lanes) {
        if (simd::lanes < gemm::panel || panels_ > 1) {
          two(j, now);
        } else {
          one(j, now, simd::all_lanes{});
        }
      }
    });
  }
  // The sums of column j of the block in the next row.
  [[nodiscard]] KILN_INLINE const gemm::sum_element<X>* at(std::size_t j) const {
    const std::size_t tile = part_ * panels_ + j / gemm::panel;
    return sums_.data() + (tile * gemm::tiled_step_rows + done_) * gemm::panel + j % gemm::panel;
  }
  template <class Lanes>
  KILN_INLINE void one(std::size_t j, std::size_t count, Lanes m) const {
    const gemm::sum_element<X>* from = at(j);
    const std::size_t col = col_ + j;
    const std::size_t first = line_ + pixel_;
    const Epilogue ep = ep_;  // its addresses stay in registers
    auto state = ep.columns(col, m);
    for (std::size_t row = first; row < first + count; ++row, from += gemm::panel) {
      ep.finish(state, row, col, ep.start(state, row, col, m) + simd::load(from), m);
    }
  }
  KILN_INLINE void two(std::size_t j, std::size_t count) const {
    constexpr simd::all_lanes all{};
    const gemm::sum_element<X>* from = at(j);
    const gemm::sum_element<X>* next = at(j + simd::lanes);
    const std::size_t col = col_ + j;
    const std::size_t first = line_ + pixel_;
    const Epilogue ep = ep_;
    auto left = ep.columns(col, all);
    auto right = ep.columns(col + simd::lanes, all);
    for (std::size_t row = first; row < first + count;
         ++row, from += gemm::panel, next += gemm::panel) {
      const auto v = ep.start(left, row, col, all) + simd::load(from);
      const auto w = ep.start(right, row, col + simd::lanes, all) + simd::load(next);
      gemm::finish_two(ep, left, right, row, col, v, w);
    }
  }

  const Epilogue& ep_;
  std::array<tiled_results, 2> parts_{};
  std::size_t rows_ = 0;
  std::size_t panels_ = 0;
  std::size_t col_ = 0;
  std::size_t height_ = 0;
  std::size_t out_w_ = 0;
  std::size_t pitch_ = 0;
  std::size_t quota_ = 0;  // results in a step
  std::size_t part_ = 0;   // the first one that has not ended
  std::size_t done_ = 0;   // positions of it
  std::size_t line_ = 0;   // the first result of the line of the next position
  std::size_t pixel_ = 0;  // that position in its line
  alignas(64) std::array<gemm::sum_element<X>, gemm::first_left_tile * gemm::tile_bytes / 4> sums_;
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
