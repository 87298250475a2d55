// SPDX-License-Identifier: MIT
// One block of a product on AMX tiles: all of k in one go, sums to a buffer in the nearest cache.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/amx.hpp>

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

namespace detail {

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

template <int T, bool Once>
KILN_INLINE void load_side(const std::byte* from, std::ptrdiff_t stride) {
  if constexpr (Once) {
    simd::load_tile_once<T>(from, stride);
  } else {
    simd::load_tile<T>(from, stride);
  }
}

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

  static KILN_INLINE void zero() {
    each_panel([]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
      simd::zero_tile<sum_tile(0, J)>();
      if constexpr (Rows == 2) simd::zero_tile<sum_tile(1, J)>();
    });
  }
  static KILN_INLINE void step(const std::byte* a0,
                               const std::byte* a1,
                               std::ptrdiff_t a_row,
                               const std::byte* b,
                               std::size_t b_stride) {
    load_side<left_tile(0), a_once>(a0, a_row);
    each_panel([&]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
      load_side<right_tile(J), b_once>(b + J * b_stride, tiled_step_bytes);
      add_tile<X, sum_tile(0, J), left_tile(0), right_tile(J)>();
    });
    if constexpr (Rows == 2) {
      load_side<left_tile(1), a_once>(a1, a_row);
      each_panel([&]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
        add_tile<X, sum_tile(1, J), left_tile(1), right_tile(J)>();
      });
    }
  }
  static KILN_INLINE void store(std::byte* to) {
    each_panel([&]<int J>(std::integral_constant<int, J>) KILN_INLINE_LAMBDA {
      simd::store_tile<sum_tile(0, J)>(to + sum_tile(0, J) * tile_bytes, tiled_step_bytes);
      if constexpr (Rows == 2) {
        simd::store_tile<sum_tile(1, J)>(to + sum_tile(1, J) * tile_bytes, tiled_step_bytes);
      }
    });
  }
};

}  // namespace detail

/// Something that can be done in between two steps: nothing.
struct nothing_between final {
  KILN_INLINE void operator()() const {}
};

/// Sums of S.rows x S.panels tiles, tile after tile (row by row of them), each sixteen words wide.
/// Calls between() once a step, so that what it does fills the time that the tiles take.
///
/// @shape     a: [rows * 16, k]; b: so many panels of [k, 16]; sums: [rows, panels, 16, 16]
/// @cost      a step along k: rows + panels loads of tiles, rows * panels products of 16 cycles; at
///            the end a store a tile
/// @pre       the tiles are configured by tiled_configs; two rows only with all sixteen rows each
/// @errors    none
/// @accuracy  bytes: exact, wraps around; bf16: for every step simd::add_tile_of_pairs(), in order
template <tiled_shape S, class Between = nothing_between>
[[gnu::noinline]] void multiply_tiles(const tiled_place& t,
                                      std::byte* sums,
                                      Between&& between = {}) noexcept {
  using block = detail::tiled_block<S>;
  const std::byte* a0 = t.a[0];
  const std::byte* a1 = t.a[1];
  const std::byte* b = t.b;
  const std::byte* next = t.next;
  block::zero();
  for (std::size_t s = t.steps; s != 0; --s) {
    block::step(a0, a1, t.a_row, b, t.b_stride);
    a0 += tiled_step_bytes;
    if constexpr (S.rows == 2) a1 += tiled_step_bytes;
    b += tile_bytes;
    if constexpr (S.fetches != 0) {
      for (std::size_t i = t.next_lines; i != 0; --i, next += tiled_step_bytes) {
        __builtin_prefetch(next, 0, 2);
      }
    }
    between();
  }
  if (t.b_rest != nullptr) {
    block::step(t.a_rest[0], t.a_rest[1], tiled_step_bytes, t.b_rest, t.b_rest_stride);
    between();
  }
  block::store(sums);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
