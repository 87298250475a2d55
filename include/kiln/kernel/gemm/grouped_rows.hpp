// SPDX-License-Identifier: MIT
// A few rows times weights in few bits: numbers are widened in registers, sums of one group scaled
// once.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/grouped_operands.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/outer_product.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Tiles of at most so many rows widen in registers; for more it is cheaper to do it once for all.
inline constexpr int most_grouped_rows = 4;

/// Packs of columns that `rows` rows take at once: as many as sums, and sums of sums, leave room.
constexpr int grouped_packs(int rows) {
  if (core::native.registers < 32) return static_cast<int>(panel / simd::lanes) < 2 ? 1 : 2;
  return rows <= 2 ? 4 : 2;
}

namespace detail {

// How far ahead of its use a row of words is asked for.
inline constexpr std::size_t word_rows_ahead = 16;

// The sums of one tile: `sum` those of a group, `total` those of the groups before it, scaled.
template <grouped_form F, int Rows, int Packs>
struct grouped_sums final {
  static constexpr auto rows = static_cast<std::size_t>(Rows);
  static constexpr auto packs = static_cast<std::size_t>(Packs);
  using columns = grouped_columns<F>;

  simd::pack sum[rows][packs];
  simd::pack total[rows][packs];

  KILN_INLINE void clear() {
    each<rows * packs>([&](std::size_t i)
                           KILN_INLINE_LAMBDA { sum[i / packs][i % packs] = simd::zero(); });
  }
  template <int Part>
  KILN_INLINE void add(const simd::int_pack (&word)[packs],
                       const simd::pack (&zero)[packs],
                       const float* const (&a)[rows]) {
    simd::pack b[packs];
    each<packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
      b[j] = columns::template number<Part>(word[j], zero[j]);
    });
    simd::pack left[rows];
    each<rows>([&](std::size_t i) KILN_INLINE_LAMBDA { left[i] = simd::broadcast(a[i] + Part); });
    simd::add_outer_product(sum, left, b);
  }
  // One row of words: all its numbers, in order.
  KILN_INLINE void add_words(const columns (&at)[packs],
                             const simd::pack (&zero)[packs],
                             const float* const (&a)[rows]) {
    simd::int_pack word[packs];
    each<packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
      word[j] = at[j].word(0);
      simd::keep_in_register(word[j]);
      simd::prefetch(at[j].words + word_rows_ahead * columns::row_bytes);
    });
    [&]<int... Part>(std::integer_sequence<int, Part...>) KILN_INLINE_LAMBDA {
      (add<Part>(word, zero, a), ...);
    }
    (std::make_integer_sequence<int, static_cast<int>(columns::together)>{});
  }
  KILN_INLINE void add_group(const columns (&at)[packs], std::size_t g) {
    each<packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
      const simd::pack scale = at[j].scale_of(g);
      each<rows>([&](std::size_t i) KILN_INLINE_LAMBDA {
        total[i][j] = simd::fma(sum[i][j], scale, total[i][j]);
      });
    });
  }
};

// One tile, with its epilogue.
template <grouped_form F, int Rows, int Packs, class Last, class Epilogue>
[[gnu::noinline]] void grouped_tile(const grouped_operands& x,
                                    std::size_t row,
                                    std::size_t col,
                                    Last last,
                                    const Epilogue& ep) noexcept {
  using sums = grouped_sums<F, Rows, Packs>;
  using columns = grouped_columns<F>;
  constexpr std::size_t packs = sums::packs;
  columns at[packs];
  sums s;
  const auto each_column = [&](const auto& f) KILN_INLINE_LAMBDA {
    each<packs - 1>([&](std::size_t j) KILN_INLINE_LAMBDA { f(j, simd::all_lanes{}); });
    f(packs - 1, last);
  };
  each_column([&](std::size_t j, auto m) KILN_INLINE_LAMBDA {
    const std::size_t c = col + j * simd::lanes;
    at[j] = columns(x, c);
    const auto state = ep.columns(c, m);
    each<sums::rows>([&](std::size_t i)
                         KILN_INLINE_LAMBDA { s.total[i][j] = ep.start(state, row + i, c, m); });
  });
  const float* a[sums::rows];
  each<sums::rows>([&](std::size_t i) KILN_INLINE_LAMBDA {
    a[i] = x.a + static_cast<std::ptrdiff_t>(row + i) * x.a_row;
  });
  for (std::size_t g = 0; g * x.group < x.k; ++g) {
    simd::pack zero[packs];
    each<packs>([&](std::size_t j) KILN_INLINE_LAMBDA { zero[j] = at[j].zero_of(g); });
    s.clear();
    for (std::size_t words = x.group / columns::together; words > 0; --words) {
      // A register for each row of either side: offsets of rows would need more than there are.
      each<sums::rows>([&](std::size_t i) KILN_INLINE_LAMBDA { simd::keep_in_register(a[i]); });
      s.add_words(at, zero, a);
      each<sums::rows>([&](std::size_t i) KILN_INLINE_LAMBDA { a[i] += columns::together; });
      each<packs>([&](std::size_t j) KILN_INLINE_LAMBDA { at[j].words += columns::row_bytes; });
    }
    s.add_group(at, g);
  }
  each_column([&](std::size_t j, auto m) KILN_INLINE_LAMBDA {
    const std::size_t c = col + j * simd::lanes;
    auto state = ep.columns(c, m);
    each<sums::rows>([&](std::size_t i)
                         KILN_INLINE_LAMBDA { ep.finish(state, row + i, c, s.total[i][j], m); });
  });
}

// Columns [col, n), fewer than a tile or cut inside its last pack, by ever smaller tiles.
template <grouped_form F, int Rows, int Packs, class Epilogue>
KILN_INLINE void grouped_tail(const grouped_operands& x,
                              std::size_t row,
                              std::size_t col,
                              const Epilogue& ep) {
  constexpr std::size_t before_last = (static_cast<std::size_t>(Packs) - 1) * simd::lanes;
  while (col + before_last < x.n) {
    grouped_tile<F, Rows, Packs>(x, row, col, simd::mask::first(x.n - col - before_last), ep);
    col += before_last + simd::lanes;
  }
  if constexpr (Packs > 1) {
    if (col < x.n) grouped_tail<F, Rows, Packs / 2>(x, row, col, ep);
  }
}

template <grouped_form F, bool HasTail, int Rows, class Epilogue>
KILN_INLINE void grouped_row_tile(const grouped_operands& x, std::size_t row, const Epilogue& ep) {
  constexpr int packs = grouped_packs(Rows);
  constexpr std::size_t width = static_cast<std::size_t>(packs) * simd::lanes;
  std::size_t col = 0;
  for (; col + width <= x.n; col += width) {
    grouped_tile<F, Rows, packs>(x, row, col, simd::all_lanes{}, ep);
  }
  if constexpr (HasTail) {
    if (col < x.n) grouped_tail<F, Rows, packs>(x, row, col, ep);
  }
}

// A height of 0 does not occur.
template <grouped_form F, bool HasTail, class Epilogue, int... Rows>
KILN_INLINE void grouped_row_tile_of(const grouped_operands& x,
                                     int rows,
                                     std::size_t row,
                                     const Epilogue& ep,
                                     std::integer_sequence<int, Rows...>) {
  const auto of_height = [&]<int Height>(std::integral_constant<int, Height>) {
    if constexpr (Height > 0) {
      if (rows == Height) grouped_row_tile<F, HasTail, Height>(x, row, ep);
    }
  };
  (of_height(std::integral_constant<int, Rows>{}), ...);
}

// Whether columns are left over, of tiles of these heights: lower ones take wider blocks.
constexpr bool grouped_has_tail(const config& c, int high, int low) {
  const auto fits = [&](int rows) { return rows == 0 || c.block.nv % grouped_packs(rows) == 0; };
  return c.tail_packs != 0 || !fits(high) || !fits(low);
}

}  // namespace detail

/// A product of few rows: weights are read once, and widened for each tile of rows. Sums of a group
/// are added up by themselves, the first number of k first, then scaled and added, group by group.
///
/// @shape     as run_grouped()
/// @cost      2mnk flop; with AVX-512, two operations a pack of weights of 4 bits, four of 8 bits
/// @pre       C = configure(f32, ...) of a tile of at most most_grouped_rows rows
/// @errors    none
/// @accuracy  |error| <= (k + 3) eps sum |a b|, where sums of a group, before they are scaled, stay
///            below 3.4e38
template <config C, grouped_form F, epilogue<simd::pack> Epilogue>
void run_grouped_rows(const grouped_operands& x, const Epilogue& ep) noexcept {
  static_assert(C.block.mr <= most_grouped_rows);
  constexpr bool has_tail = detail::grouped_has_tail(C, C.rows_high, C.rows_low);
  const tensor::row_split split(static_cast<int>(x.m), C.block.mr);
  for (int i = 0; i < split.tiles; ++i) {
    const auto row = static_cast<std::size_t>(split.begin(i));
    if constexpr (C.rows_high == 0) {
      detail::grouped_row_tile_of<F, true>(
          x, split.height(i), row, ep, std::make_integer_sequence<int, C.block.mr + 1>{});
    } else {
      detail::grouped_row_tile_of<F, has_tail>(
          x, split.height(i), row, ep, std::integer_sequence<int, C.rows_high, C.rows_low>{});
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
