// SPDX-License-Identifier: MIT
// The matrix product on AMX tiles: loops over rows and columns around the block, tails, epilogue.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/operands.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/tiled_block.hpp>
#include <kiln/simd/amx.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {

// Rows of tiles whose ends along k are kept at once, and that pass over a panel one after another.
inline constexpr std::size_t most_tile_rows = 16;

// What is left of k behind whole steps, filled up with zeros.
template <arithmetic X>
class tiled_rest final {
 public:
  KILN_INLINE explicit tiled_rest(std::size_t k)
      : steps(k * a_elem_bytes(X) / tiled_step_bytes),
        bytes_(k * a_elem_bytes(X) % tiled_step_bytes),
        rows_(core::ceil_div(bytes_, std::size_t{4})) {
    if (pads_b()) std::memset(b_.data(), 0, b_.size());
  }

  const std::size_t steps;  // whole ones

  /// The end of the rows of a that begin at `from`.
  KILN_INLINE void take_rows(std::size_t tile,
                             const std::byte* from,
                             std::ptrdiff_t stride,
                             std::size_t rows) {
    if (bytes_ == 0) return;
    from += steps * tiled_step_bytes;
    std::byte* to = a_.data() + tile * tile_bytes;
    for (std::size_t i = 0; i < rows; ++i, from += stride, to += tiled_step_bytes) {
      simd::copy_tile_row(to, from, bytes_);
    }
  }
  /// The end of some panels.
  KILN_INLINE void take_panels(const std::byte* from, std::size_t stride, std::size_t panels) {
    if (!pads_b()) return;
    from += steps * tile_bytes;
    for (std::size_t j = 0; j < panels; ++j, from += stride) {
      const auto* words = reinterpret_cast<const std::int32_t*>(from);
      auto* to = reinterpret_cast<std::int32_t*>(b_.data() + j * tile_bytes);
      // In whole packs: a tile's row is loaded at once, which must not wait for parts of it.
      for (std::size_t i = 0; i < rows_ * panel; i += simd::lanes) {
        simd::store(to + i, simd::load(words + i));
      }
    }
  }
  /// Completes a place, whose b is given.
  KILN_INLINE void add_to(tiled_place& t) const {
    t.steps = steps;
    if (bytes_ == 0) return;
    t.b_rest = pads_b() ? b_.data() : t.b + steps * tile_bytes;
    t.b_rest_stride = pads_b() ? tile_bytes : t.b_stride;
  }
  /// With what is left of k.
  [[nodiscard]] KILN_INLINE std::size_t all_steps() const { return steps + (bytes_ != 0 ? 1 : 0); }
  [[nodiscard]] KILN_INLINE const std::byte* rows(std::size_t tile) const {
    return a_.data() + tile * tile_bytes;
  }

 private:
  [[nodiscard]] KILN_INLINE bool pads_b() const { return rows_ % tiled_step_rows != 0; }

  std::size_t bytes_;  // of a row of a
  std::size_t rows_;   // of a panel
  alignas(64) std::array<std::byte, most_tile_rows * tile_bytes> a_;
  alignas(64) std::array<std::byte, first_left_tile * tile_bytes> b_;
};

// A row of tiles of a block: where its results are.
struct tiled_part final {
  std::size_t row = 0;      // its first one
  std::size_t skipped = 0;  // rows that belong to the tile above, which ends behind them
};

// A block's sums on their way through the epilogue, some rows at a time, while the tiles work on
// the next block, whose first step stores them.
template <arithmetic X, class Epilogue>
class tiled_finish final {
 public:
  KILN_INLINE explicit tiled_finish(const Epilogue& ep)
      : ep_(ep) {}

  /// Where row of tiles i of the next block is; the block before has ended. Written in place: to
  /// read a copy at once would wait for all stores before it, those of tiles too.
  KILN_INLINE tiled_part& part(std::size_t i) { return parts_[i]; }
  /// Begins with a block of rows x panels tiles from column `col` on. The block after it takes so
  /// many steps.
  KILN_INLINE void begin(std::size_t rows,
                         std::size_t panels,
                         std::size_t col,
                         std::size_t height,
                         std::size_t steps) {
    rows_ = rows;
    panels_ = panels;
    col_ = col;
    height_ = height;
    part_ = 0;
    done_ = parts_[0].skipped;
    quota_ = rows_of_step(rows * height, panels, steps);
  }
  /// Where the tiles' sums belong before.
  [[nodiscard]] KILN_INLINE std::byte* sums() { return reinterpret_cast<std::byte*>(sums_.data()); }
  /// Its share of one step.
  KILN_INLINE void operator()() { some(quota_); }
  /// What is left of it.
  KILN_INLINE void end() { some(2 * tiled_step_rows); }
  /// All of it, of any number of panels, with columns up to n only.
  [[gnu::noinline]] void cut(std::size_t n) noexcept {
    for (; part_ < rows_; next_part()) {
      for (std::size_t j = 0; j < panels_ * panel && col_ + j < n; j += simd::lanes) {
        one(j, simd::mask::first(n - col_ - j));
      }
    }
  }

 private:
  KILN_INLINE void next_part() {
    ++part_;
    if (part_ < rows_) done_ = parts_[part_].skipped;
  }
  // The sums of column j of the block in the next row.
  [[nodiscard]] KILN_INLINE const sum_element<X>* at(std::size_t j) const {
    const std::size_t tile = part_ * panels_ + j / panel;
    return sums_.data() + (tile * tiled_step_rows + done_) * panel + j % panel;
  }
  template <class Lanes>
  KILN_INLINE void one(std::size_t j, Lanes m) const {
    const sum_element<X>* from = at(j);
    const std::size_t col = col_ + j;
    const tiled_part part = parts_[part_];
    auto state = ep_.columns(col, m);
    for (std::size_t row = part.row + done_; row < part.row + height_; ++row, from += panel) {
      ep_.finish(state, row, col, ep_.start(state, row, col, m) + simd::load(from), m);
    }
  }
  KILN_INLINE void two(std::size_t j, std::size_t count) const {
    constexpr simd::all_lanes all{};
    const sum_element<X>* from = at(j);
    const sum_element<X>* next = at(j + simd::lanes);
    const std::size_t col = col_ + j;
    const std::size_t first = parts_[part_].row + done_;
    const Epilogue ep = ep_;  // its addresses stay in registers
    auto left = ep.columns(col, all);
    auto right = ep.columns(col + simd::lanes, all);
    for (std::size_t row = first; row < first + count; ++row, from += panel, next += panel) {
      const auto v = ep.start(left, row, col, all) + simd::load(from);
      const auto w = ep.start(right, row, col + simd::lanes, all) + simd::load(next);
      finish_two(ep, left, right, row, col, v, w);
    }
  }
  // Inlined into the steps: as a function of its own it made whole nets a quarter slower.
  KILN_INLINE void some(std::size_t count) {
    while (count > 0 && part_ < rows_) {
      const std::size_t now = std::min(count, height_ - done_);
      for (std::size_t j = 0; j < panels_ * panel; j += 2 * simd::lanes) two(j, now);
      count -= now;
      done_ += now;
      if (done_ == height_) next_part();
    }
  }

  const Epilogue& ep_;
  std::array<tiled_part, 2> parts_{};
  std::size_t rows_ = 0;
  std::size_t panels_ = 0;
  std::size_t col_ = 0;
  std::size_t height_ = 0;
  std::size_t part_ = 0;   // the first one that has not ended
  std::size_t done_ = 0;   // rows of it
  std::size_t quota_ = 0;  // rows in a step
  alignas(64) std::array<sum_element<X>, first_left_tile * tile_bytes / 4> sums_;
};

// A product on tiles: how its rows fall into tiles.
template <config C, class Epilogue>
class tiled_product final {
 public:
  static constexpr arithmetic X = C.numbers;
  static constexpr bool holds_panels = C.source == b_source::first_cache;
  static constexpr bool fetches = C.source == b_source::memory;
  // A user's function may run another net, which needs the tiles for itself.
  static constexpr bool calls_user = requires { requires Epilogue::calls_user; };

  static constexpr tiled_shape shape(int rows, int panels, passing by = passing::neither) {
    const bool large = rows * panels == first_left_tile;
    return {.numbers = X,
            .rows = rows,
            .panels = panels,
            .by = by,
            .fetches = large && fetches ? 1 : 0};
  }

  KILN_INLINE tiled_product(const operands_of<X>& x, const Epilogue& ep)
      : x_(x),
        finish_(ep),
        rest_(x.k),
        height_(std::min(x.m, tiled_step_rows)),
        a_row_(x.a_row * static_cast<std::ptrdiff_t>(a_elem_bytes(X))),
        b_stride_(x.steps_of_panel() * panel_row_bytes(X)) {}

  KILN_INLINE void run() {
    const simd::tile_holder tiles;
    tiles.use(tiled_configs[height_ - 1]);
    const std::size_t all = core::ceil_div(x_.m, tiled_step_rows);
    const std::size_t step = tiles_at_once(all);
    for (std::size_t first = 0; first < all; first += step) {
      some_rows(tiles, first, std::min(step, all - first));
    }
    take_sums();
    finish_.end();
  }

 private:
  // For keeps_b(), measured with 16 and 32 rows.
  static constexpr std::size_t most_kept = core::native.l1_bytes * 3 / 2, least_steps = 4;

  // The last tile ends with the last row: it may repeat rows of the one before.
  [[nodiscard]] KILN_INLINE std::size_t first_row(std::size_t tile) const {
    return std::min(tile * tiled_step_rows, x_.m - height_);
  }
  [[nodiscard]] KILN_INLINE const std::byte* a_at(std::size_t tile) const {
    return reinterpret_cast<const std::byte*>(x_.a)
           + static_cast<std::ptrdiff_t>(first_row(tile)) * a_row_;
  }
  // True if panels are better left in the nearest cache, though no other row of tiles needs them:
  // where the next product finds all of b there, or where the epilogue hides how they come.
  [[nodiscard]] KILN_INLINE bool keeps_b() const {
    const std::size_t bytes = core::ceil_div(x_.n, panel) * b_stride_;
    return holds_panels && (bytes <= most_kept || rest_.all_steps() < least_steps);
  }
  // Half of the second cache is theirs, so that b passes by once for all of them.
  [[nodiscard]] KILN_INLINE std::size_t tiles_at_once(std::size_t all) const {
    constexpr auto half = static_cast<std::size_t>(core::native.l2_bytes / 2);
    const std::size_t bytes = tiled_step_rows * x_.k * a_elem_bytes(X);
    const std::size_t most = std::min(most_tile_rows, std::max<std::size_t>(4, half / (bytes + 1)));
    const std::size_t parts = core::ceil_div(all, most);
    return core::round_up(core::ceil_div(all, parts), std::size_t{2});
  }

  KILN_INLINE void some_rows([[maybe_unused]] const simd::tile_holder& tiles,
                             std::size_t first,
                             std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) rest_.take_rows(i, a_at(first + i), a_row_, height_);
    // Few rows: more columns at once, so that a is loaded less often.
    const std::size_t wide = x_.m <= tiled_step_rows ? 4 : 2;
    const auto* b = reinterpret_cast<const std::byte*>(x_.b);
    for (std::size_t col = 0; col < x_.n; col += wide * panel, b += wide * b_stride_) {
      const std::size_t panels = std::min(wide, core::ceil_div(x_.n - col, panel));
      rest_.take_panels(b, b_stride_, panels);
      tiled_place t{.a_row = a_row_, .b = b, .b_stride = b_stride_};
      rest_.add_to(t);
      if constexpr (fetches) expect_columns(t, col + wide * panel, count);
      for (std::size_t i = 0; i < count; i += 2) {
        const std::size_t rows = std::min<std::size_t>(2, count - i);
        t.a[0] = a_at(first + i);
        t.a[1] = a_at(first + i + rows - 1);
        t.a_rest[0] = rest_.rows(i);
        t.a_rest[1] = rest_.rows(i + rows - 1);
        if constexpr (calls_user) tiles.use_anew(tiled_configs[height_ - 1]);
        block(t, rows, panels, count);
        if constexpr (fetches) t.next += t.steps * t.next_lines * tiled_step_bytes;
        pass_on(first + i, rows, panels, col);
      }
    }
  }
  // The panels from col on, in equal shares for every step of the blocks before; behind the last
  // ones those of the first columns, which the next rows begin with.
  KILN_INLINE void expect_columns(tiled_place& t, std::size_t col, std::size_t tiles) const {
    const bool more = col < x_.n;
    const std::size_t panels =
        core::ceil_div(std::min(x_.n - (more ? col : 0), std::size_t{32}), panel);
    const std::size_t steps = core::ceil_div(tiles, std::size_t{2}) * std::max(rest_.steps, {1});
    t.next = reinterpret_cast<const std::byte*>(x_.b) + (more ? col / panel : 0) * b_stride_;
    t.next_lines = panels * b_stride_ / tiled_step_bytes / steps;
  }
  // A block of two rows and panels keeps as much of a as of b in the nearest cache. Where it does
  // not hold both, the one that comes back soonest stays.
  KILN_INLINE void block(const tiled_place& t,
                         std::size_t rows,
                         std::size_t panels,
                         std::size_t tiles) {
    if (rows == 2 && panels == 2) {
      if (tiles <= 2 && !keeps_b()) {
        multiply<shape(2, 2, passing::right)>(t, finish_);
      } else if (holds_panels || a_row_ % simd::tile_row_bytes != 0) {
        // Not aligned, a line holds the end of one step and the start of the next: needed twice.
        multiply<shape(2, 2)>(t, finish_);
      } else if constexpr (!holds_panels) {
        multiply<shape(2, 2, passing::left)>(t, finish_);
      }
    } else if (rows == 2) {
      multiply<shape(2, 1)>(t);
    } else if (panels == 1) {
      multiply<shape(1, 1)>(t);
    } else if (panels == 2) {
      multiply<shape(1, 2)>(t);
    } else if (panels == 3) {
      multiply<shape(1, 3)>(t);
    } else if (!keeps_b()) {
      multiply<shape(1, 4, passing::right)>(t, finish_);
    } else if constexpr (holds_panels) {
      multiply<shape(1, 4)>(t, finish_);
    }
  }
  template <tiled_shape S, class Between = nothing_between>
  KILN_INLINE void multiply(const tiled_place& t, Between&& between = {}) {
    constexpr std::size_t count = S.rows * S.panels;
    if (in_tiles_ != count) take_sums();
    multiply_tiles<S>(t, in_tiles_ != 0 ? finish_.sums() : nullptr, between);
    in_tiles_ = count;
  }
  // The sums of the last block leave the tiles, where no block follows at once.
  KILN_INLINE void take_sums() {
    if (in_tiles_ != 0) store_sums(finish_.sums(), in_tiles_);
    in_tiles_ = 0;
  }
  // The block before has ended now, and this one begins.
  KILN_INLINE void pass_on(std::size_t tile,
                           std::size_t rows,
                           std::size_t panels,
                           std::size_t col) {
    finish_.end();
    for (std::size_t i = 0; i < rows; ++i) {
      tiled_part& part = finish_.part(i);
      part.row = first_row(tile + i);
      part.skipped = (tile + i) * tiled_step_rows - part.row;
    }
    finish_.begin(rows, panels, col, height_, rest_.all_steps());
    if (panels % 2 != 0 || col + panels * panel > x_.n) {
      take_sums();
      finish_.cut(x_.n);
    } else if constexpr (calls_user) {
      take_sums();  // nothing is in the tiles now
      finish_.end();
    }
  }

  const operands_of<X>& x_;
  tiled_finish<X, Epilogue> finish_;
  tiled_rest<X> rest_;
  std::size_t height_;  // rows of every tile
  std::ptrdiff_t a_row_;
  std::size_t b_stride_;
  std::size_t in_tiles_ = 0;  // tiles of sums of the block before
};

}  // namespace detail

/// Bytes of stack that a product on tiles takes for its buffers.
inline constexpr std::size_t tiled_stack_bytes =
    (detail::most_tile_rows + 2 * first_left_tile + 1) * tile_bytes;

/// The product a b on tiles, element by element through the epilogue: finish() gets start() plus
/// the sum over k. The same bits for a row wherever it stands and however many there are: each tile
/// of sums goes through the same steps, sixteen words of k at a time, whatever its height.
///
/// @shape     a: [m, k]; b: [k, n] packed; the epilogue sees [m, n]
/// @cost      2mnk flop, 16 cycles for 32768 of bytes or 16384 of bf16
/// @pre       has_tiles(C.numbers), a is k_contiguous, m, n > 0; the process may use tiles
/// @errors    none
/// @accuracy  bytes: exact, wraps around; bf16: |error| <= (k / 2 + k / 32 + 2) eps sum |a b|,
///            denormal numbers count as zero
template <config C, epilogue<sum_pack<C.numbers>> Epilogue>
[[gnu::noinline]] void run_tiled(const operands_of<C.numbers>& x, const Epilogue& ep) noexcept {
  static_assert(has_tiles(C.numbers) && C.form == a_form::k_contiguous);
  detail::tiled_product<C, Epilogue>(x, ep).run();
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
