// SPDX-License-Identifier: MIT
// One block of a product on AMX tiles: all of k in one go, sums to a buffer in the nearest cache.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/amx.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// True if there are tile instructions for these numbers.
constexpr bool has_tiles(arithmetic x) { return x == arithmetic::bf16 || sums_integers(x); }

/// Bytes of each row of a, and rows of a panel, that one step along k takes.
inline constexpr std::size_t tiled_step_bytes = simd::tile_row_bytes;
inline constexpr std::size_t tiled_step_rows = simd::tile_rows;
static_assert(panel * 4 == tiled_step_bytes, "a row of sums is a row of a panel");

/// Bytes of a tile's sums, and of as many rows of a panel as a step takes.
inline constexpr std::size_t tile_bytes = tiled_step_rows * tiled_step_bytes;

/// The tiles of a block: at most four of sums, those of the left-hand side, and of the right-hand
/// side. All blocks use the same eight, so that one configuration serves them: rows of sums and of
/// the left-hand side are as many as the product has, sixteen at most.
inline constexpr int first_left_tile = 4;

namespace detail {

template <std::size_t... Rows>
constexpr std::array<simd::tile_config, sizeof...(Rows)> all_tiled_configs(
    std::index_sequence<Rows...>) {
  const auto of = [](int rows) {
    const simd::tile_shape cut{rows, simd::tile_row_bytes};
    const simd::tile_shape full{simd::tile_rows, simd::tile_row_bytes};
    return simd::configure_tiles({cut, cut, cut, cut, cut, cut, full, full});
  };
  return {of(static_cast<int>(Rows) + 1)...};
}

}  // namespace detail

/// The configuration for a product of so many rows, less one; of more than sixteen the last.
inline constexpr std::array<simd::tile_config, simd::tile_rows> tiled_configs =
    detail::all_tiled_configs(std::make_index_sequence<simd::tile_rows>{});

/// Rows of a block that go through the epilogue beside each step of the next block, so that all of
/// them are done in time. At least eight packs: to begin and to end costs as much as two of them.
/// In long blocks, whose panels pass through the nearest cache, more at a time cost more than they
/// save.
KILN_INLINE constexpr std::size_t rows_of_step(std::size_t rows,
                                               std::size_t panels,
                                               std::size_t steps) {
  constexpr std::size_t least_packs = 8, many_steps = 24;
  const std::size_t in_time = core::ceil_div(rows, std::max<std::size_t>(steps, 1));
  return steps <= many_steps ? std::max(in_time, least_packs / panels) : in_time;
}

static_assert(rows_of_step(32, 2, 8) == 4 && rows_of_step(32, 2, 2) == 16);
static_assert(rows_of_step(32, 2, 32) == 1 && rows_of_step(5, 1, 0) == 8);

/// Which side of a block passes by only once, where the nearest cache does not hold both: it is
/// loaded in a way that leaves the other one there.
enum class passing : int { neither, left, right };

/// The part of a product that one block's code depends on: Rows x Panels tiles of sums.
struct tiled_shape final {
  arithmetic numbers;
  int rows;
  int panels;
  passing by = passing::neither;
  int fetches = 0;  // 1 if following panels are asked for meanwhile
};

/// Where a block stands. Distances count bytes.
struct tiled_place final {
  std::array<const std::byte*, 2> a{};  // first rows of its rows of tiles
  std::ptrdiff_t a_row = 0;
  const std::byte* b = nullptr;  // the first panel
  std::size_t b_stride = 0;      // from one panel to the next
  std::size_t steps = 0;         // along k, whole ones
  // Behind them what is left of k, filled up with zeros, if anything is: 16 rows of 64 bytes for
  // each row of tiles, and as much for each panel.
  std::array<const std::byte*, 2> a_rest{};
  const std::byte* b_rest = nullptr;
  std::size_t b_rest_stride = tile_bytes;
  // What the second cache may fetch meanwhile: so many lines a step.
  const std::byte* next = nullptr;
  std::size_t next_lines = 0;
};

/// Tile C += tile A * tile B.
template <arithmetic X, int C, int A, int B>
KILN_INLINE void add_tile() {
  static_assert(has_tiles(X));
  if constexpr (X == arithmetic::bf16) {
    simd::add_tile_of_pairs<C, A, B>();
  } else if constexpr (X == arithmetic::s8s8) {
    simd::add_tile_of_bytes<simd::byte_signs::signed_signed, C, A, B>();
  } else {
    simd::add_tile_of_bytes<simd::byte_signs::unsigned_signed, C, A, B>();
  }
}

/// Loads a tile of one side, in a way that leaves the nearest cache to others if it passes by once.
template <int T, bool Once>
KILN_INLINE void load_side(const std::byte* from, std::ptrdiff_t stride) {
  if constexpr (Once) {
    simd::load_tile_once<T>(from, stride);
  } else {
    simd::load_tile<T>(from, stride);
  }
}

/// What else a step does: the first one clears the tiles of sums, and stores what is in them.
enum class first_step : int { no, clears, stores };

/// What a tile of sums needs before its first product: the block before leaves it.
template <int T, first_step First>
KILN_INLINE void clear_sum(std::byte* before) {
  if constexpr (First == first_step::stores) {
    simd::store_tile<T>(before + T * tile_bytes, tiled_step_bytes);
  }
  if constexpr (First != first_step::no) simd::zero_tile<T>();
}

namespace detail {

// The instructions of one block.
template <tiled_shape S>
struct tiled_block final {
  static constexpr arithmetic X = S.numbers;
  static constexpr int Rows = S.rows;
  static constexpr int Panels = S.panels;
  static constexpr bool a_once = S.by == passing::left;
  static constexpr bool b_once = S.by == passing::right;
  static_assert(Rows >= 1 && Rows <= 2 && Panels >= 1 && Rows * Panels <= first_left_tile);

  static constexpr int sum_tile(int i, int j) { return i * Panels + j; }
  static constexpr int left_tile(int i) { return first_left_tile + i; }
  // Where panels outnumber the two tiles that are left, they take turns.
  static constexpr int right_tile(int j) { return first_left_tile + 2 + j % 2; }

  template <class F>
  static KILN_INLINE void each_panel(const F& f) {
    [&]<int... J>(std::integer_sequence<int, J...>) KILN_INLINE_LAMBDA {
      (f(std::integral_constant<int, J>{}), ...);
    }
    (std::make_integer_sequence<int, Panels>{});
  }

  // Where one step takes both sides.
  struct place final {
    const std::byte* a0;
    const std::byte* a1;
    std::ptrdiff_t a_row;
    const std::byte* b;
    std::size_t b_stride;

    KILN_INLINE void advance() {
      a0 += tiled_step_bytes;
      if constexpr (Rows == 2) a1 += tiled_step_bytes;
      b += tile_bytes;
    }
  };

  template <first_step First>
  static KILN_INLINE void step(const place& p, std::byte* before) {
    load_side<left_tile(0), a_once>(p.a0, p.a_row);
    each_panel([&]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
      load_side<right_tile(J), b_once>(p.b + J * p.b_stride, tiled_step_bytes);
      clear_sum<sum_tile(0, J), First>(before);
      add_tile<X, sum_tile(0, J), left_tile(0), right_tile(J)>();
    });
    if constexpr (Rows == 2) {
      load_side<left_tile(1), a_once>(p.a1, p.a_row);
      each_panel([&]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
        clear_sum<sum_tile(1, J), First>(before);
        add_tile<X, sum_tile(1, J), left_tile(1), right_tile(J)>();
      });
    }
  }
  // The first step.
  static KILN_INLINE void begin(const place& p, std::byte* before) {
    if (before != nullptr) {
      step<first_step::stores>(p, before);
    } else {
      step<first_step::clears>(p, nullptr);
    }
  }
  // What is left of it where there is no step at all.
  static KILN_INLINE void begin_all(std::byte* before) {
    [&]<int... T>(std::integer_sequence<int, T...>) KILN_INLINE_LAMBDA {
      if (before != nullptr) (simd::store_tile<T>(before + T * tile_bytes, tiled_step_bytes), ...);
      (simd::zero_tile<T>(), ...);
    }
    (std::make_integer_sequence<int, Rows * Panels>{});
  }
};

}  // namespace detail

/// Something that can be done in between two steps: nothing.
struct nothing_between final {
  KILN_INLINE void operator()() const {}
};

/// Sums of S.rows x S.panels tiles, which stay in tiles 0, 1, ... (row by row of them). Calls
/// between() once a step, so that what it does fills the time that the tiles take.
///
/// Stores what a block of as many tiles has left there before to `before`, tile after tile, unless
/// that is null: in its first step, between the loads and the products, where stores cost nothing.
/// At the end of a block nothing would hide them.
///
/// @shape     a: [rows * 16, k]; b: so many panels of [k, 16]; before: [rows * panels, 16, 16]
/// @cost      a step along k: rows + panels loads of tiles, rows * panels products of 16 cycles; in
///            the first one a store a tile
/// @pre       the tiles are configured by tiled_configs; two rows only with all sixteen rows each
/// @errors    none
/// @accuracy  bytes: exact, wraps around; bf16: for every step simd::add_tile_of_pairs(), in order
template <tiled_shape S, class Between = nothing_between>
[[gnu::noinline]] void multiply_tiles(const tiled_place& t,
                                      std::byte* before,
                                      Between&& between = {}) noexcept {
  using block = detail::tiled_block<S>;
  const typename block::place rest{
      t.a_rest[0], t.a_rest[1], tiled_step_bytes, t.b_rest, t.b_rest_stride};
  const std::size_t after_whole = t.b_rest != nullptr ? 1 : 0;
  std::size_t left = t.steps + after_whole;
  if (left == 0) return block::begin_all(before);
  typename block::place p{t.a[0], t.a[1], t.a_row, t.b, t.b_stride};
  if (t.steps == 0) p = rest;
  block::begin(p, before);
  for (const std::byte* next = t.next;;) {
    if constexpr (S.fetches != 0) {
      for (std::size_t i = t.next_lines; i != 0; --i, next += tiled_step_bytes) {
        __builtin_prefetch(next, 0, 2);
      }
    }
    between();
    if (--left == 0) return;
    p.advance();
    if (left == after_whole) p = rest;
    block::template step<first_step::no>(p, nullptr);
  }
}

/// Stores tiles 0 to count - 1, one after another: the sums of the last block.
///
/// @shape   to: [count, 16, 16]
/// @cost    a store a tile
/// @errors  none
KILN_INLINE void store_sums(std::byte* to, std::size_t count) {
  simd::store_tile<0>(to, tiled_step_bytes);
  if (count > 1) simd::store_tile<1>(to + tile_bytes, tiled_step_bytes);
  if (count > 2) simd::store_tile<2>(to + 2 * tile_bytes, tiled_step_bytes);
  if (count > 3) simd::store_tile<3>(to + 3 * tile_bytes, tiled_step_bytes);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
