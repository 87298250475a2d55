// SPDX-License-Identifier: MIT
// One block of a convolution on AMX tiles: all taps in one go, sums stored by the block after it.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/tiled_block.hpp>
#include <kiln/simd/amx.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

namespace detail {

// Tiles as those of products, but for how many words of four bytes a step takes.
template <int Words, std::size_t... Rows>
constexpr std::array<simd::tile_config, sizeof...(Rows)> all_block_configs(
    std::index_sequence<Rows...>) {
  const auto of = [](int rows) {
    const simd::tile_shape sums{rows, simd::tile_row_bytes};
    const simd::tile_shape left{rows, 4 * Words};
    const simd::tile_shape right{Words, simd::tile_row_bytes};
    return simd::configure_tiles({sums, sums, sums, sums, left, left, right, right});
  };
  return {of(static_cast<int>(Rows) + 1)...};
}

template <int Words>
inline constexpr auto block_configs =
    all_block_configs<Words>(std::make_index_sequence<simd::tile_rows>{});

}  // namespace detail

/// The configuration for blocks of `rows` results, at most sixteen, and steps of so many words;
/// that of products where both say the same.
template <int Words>
constexpr const simd::tile_config& block_config(std::size_t rows) {
  if constexpr (Words == simd::tile_rows) {
    return gemm::tiled_configs[rows - 1];
  } else {
    return detail::block_configs<Words>[rows - 1];
  }
}

/// Where a tap finds its pixels and its rows of a panel, in bytes from the first ones.
struct tap_place final {
  std::ptrdiff_t image = 0;
  std::ptrdiff_t filters = 0;
};

/// The taps of a window in the order in which they are summed up.
struct tap_list final {
  std::size_t count = 0;
  std::array<tap_place, tensor::most_tiled_taps> taps{};
};

/// The part of a convolution that one block's code depends on: Rows x Panels tiles of sums.
struct block_shape final {
  gemm::arithmetic numbers;
  int rows;
  int panels;
  int words;        // of a step
  int once = 0;     // 1 if panels pass by only once, so that they need not stay in a cache
  int fetches = 0;  // 1 if following panels are asked for meanwhile
};

/// Where a block stands. Distances count bytes.
struct block_place final {
  std::array<const std::byte*, 2> a{};  // the first tap of the first result of its rows of tiles
  std::ptrdiff_t a_row = 0;
  const tap_list* taps = nullptr;
  std::size_t steps = 0;         // of each tap
  const std::byte* b = nullptr;  // the first panel
  std::size_t b_stride = 0;      // from one panel to the next
  // What the second cache may fetch meanwhile: so many lines a step.
  const std::byte* next = nullptr;
  std::size_t next_lines = 0;
};

namespace detail {

// The instructions of one block: tiles of sums, two of the image and two of the filters.
template <block_shape S>
struct tap_block_tiles final {
  static constexpr int left = gemm::first_left_tile;
  static constexpr int right = gemm::first_left_tile + 2;
  static constexpr std::ptrdiff_t panel_row = simd::tile_row_bytes;
  static_assert(S.rows >= 1 && S.rows <= 2 && S.panels >= 1 && S.panels <= 2);

  static constexpr int sum(int i, int j) { return i * S.panels + j; }

  template <int I, int J>
  static KILN_INLINE void add() {
    gemm::add_tile<S.numbers, sum(I, J), left + I, right + J>();
  }
  template <int Tile>
  static KILN_INLINE void load_panel(const std::byte* from) {
    gemm::load_side<Tile, S.once != 0>(from, panel_row);
  }
  template <gemm::first_step First>
  static KILN_INLINE void step(const std::byte* a0,
                               const std::byte* a1,
                               const block_place& t,
                               const std::byte* b,
                               std::byte* before) {
    simd::load_tile<left>(a0, t.a_row);
    load_panel<right>(b);
    gemm::clear_sum<sum(0, 0), First>(before);
    add<0, 0>();
    if constexpr (S.panels == 2) {
      load_panel<right + 1>(b + t.b_stride);
      gemm::clear_sum<sum(0, 1), First>(before);
      add<0, 1>();
    }
    if constexpr (S.rows == 2) {
      simd::load_tile<left + 1>(a1, t.a_row);
      gemm::clear_sum<sum(1, 0), First>(before);
      add<1, 0>();
      if constexpr (S.panels == 2) {
        gemm::clear_sum<sum(1, 1), First>(before);
        add<1, 1>();
      }
    }
  }
};

}  // namespace detail

/// Sums of S.rows x S.panels tiles over all taps, which stay in tiles 0, 1, ... (row by row of
/// them). Calls between() once a step, so that what it does fills the time that the tiles take.
///
/// Stores what a block of as many tiles has left there before to `before`, tile after tile, unless
/// that is null: in its first step, between the loads and the products, which hide it.
///
/// @shape     a: [rows * 16] results; b: so many panels of [taps, k, 16]; before: [rows * panels,
///            16, 16]
/// @cost      a step: rows + panels loads of tiles, rows * panels products of 16 cycles; in the
///            first one a store a tile
/// @pre       the tiles are configured by block_config<S.words>(); there is a tap and a step
/// @errors    none
/// @accuracy  bytes: exact, wraps around; bf16: for every step simd::add_tile_of_pairs(), in the
///            order of t.taps, channel after channel
template <block_shape S, class Between>
[[gnu::noinline]] void sum_taps(const block_place& t,
                                std::byte* before,
                                Between&& between) noexcept {
  using gemm::first_step;
  using tiles = detail::tap_block_tiles<S>;
  constexpr std::ptrdiff_t a_step = 4 * S.words;
  constexpr std::ptrdiff_t b_step = S.words * simd::tile_row_bytes;
  const tap_place* tap = t.taps->taps.data();
  const tap_place* const end = tap + t.taps->count;
  const std::byte* a0 = t.a[0] + tap->image;
  const std::byte* a1 = t.a[1] + tap->image;
  const std::byte* b = t.b + tap->filters;
  const std::byte* next = t.next;
  if (before != nullptr) {
    tiles::template step<first_step::stores>(a0, a1, t, b, before);
  } else {
    tiles::template step<first_step::clears>(a0, a1, t, b, nullptr);
  }
  for (std::size_t left = t.steps;;) {
    if constexpr (S.fetches != 0) {
      for (std::size_t i = t.next_lines; i != 0; --i, next += simd::tile_row_bytes) {
        __builtin_prefetch(next, 0, 2);
      }
    }
    between();
    if (--left != 0) {
      a0 += a_step;
      a1 += a_step;
      b += b_step;
    } else {
      if (++tap == end) return;
      left = t.steps;
      a0 = t.a[0] + tap->image;
      a1 = t.a[1] + tap->image;
      b = t.b + tap->filters;
    }
    tiles::template step<first_step::no>(a0, a1, t, b, nullptr);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
