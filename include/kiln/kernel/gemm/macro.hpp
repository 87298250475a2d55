// SPDX-License-Identifier: MIT
// The matrix product: loops over cache blocks, column blocks and row tiles around the register
// tile.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/buffered.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/micro.hpp>
#include <kiln/kernel/gemm/operands.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/tiled.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {

// A product over a part of k: b points to its first row, panels lie b_stride bytes apart.
template <arithmetic X>
struct depth_slice final {
  operands_of<X> x;
  std::size_t b_stride;
};

// Row tiles [first, end) of the whole split.
struct tile_range final {
  tensor::row_split split;
  int first;
  int end;
};

template <config C, int Packs, class Last, class Epilogue>
KILN_INLINE void one_tile(const tile_place& t, int rows, Last last, const Epilogue& ep) {
  constexpr micro_shape high = shape_of(C, C.rows_high, Packs);
  constexpr micro_shape low = shape_of(C, C.rows_low, Packs);
  constexpr micro_shape most = shape_of(C, C.block.mr, Packs);
  if constexpr (C.rows_high == 0) {
    if (rows == C.block.mr) {
      micro<most>(t, last, ep);
    } else {
      buffered<most>(t, rows, last, ep);
    }
  } else if constexpr (C.rows_low == 0) {
    micro<high>(t, last, ep);
  } else {
    if (rows == C.rows_high) {
      micro<high>(t, last, ep);
    } else {
      micro<low>(t, last, ep);
    }
  }
}

// All row tiles of the range against one block of columns: the panels stay in cache, a passes by.
// Each tile lets the second cache fetch its share of the following columns, one row of a panel in
// two steps of k, so that the first tile there does not wait for memory.
template <config C, int Packs, class Last, class Epilogue>
KILN_INLINE void column_block(const depth_slice<C.numbers>& s,
                              tile_range tiles,
                              std::size_t col,
                              Last last,
                              const Epilogue& ep) {
  constexpr std::size_t width = static_cast<std::size_t>(Packs) * simd::lanes;
  constexpr std::size_t row_bytes = panel_row_bytes(C.numbers);
  constexpr auto elem = static_cast<std::ptrdiff_t>(a_elem_bytes(C.numbers));
  const auto& x = s.x;
  const auto* all_panels = reinterpret_cast<const std::byte*>(x.b);
  const auto panels_at = [&](std::size_t c) {
    return all_panels + c / panel * s.b_stride + c % panel * (row_bytes / panel);
  };
  const std::byte* b = panels_at(col);
  const std::byte* following = panels_at(col + width < x.n ? col + width : 0);
  constexpr std::size_t parts = steps_per_next_row(shape_of(C, C.block.mr, Packs));
  constexpr std::size_t shares = width / panel * parts;
  const std::size_t share_bytes = x.k / neighbours(C.numbers) / parts * row_bytes;
  for (int i = tiles.first; i < tiles.end; ++i) {
    const int row = tiles.split.begin(i);
    const auto share = static_cast<std::size_t>(i - tiles.first);
    const std::byte* next = following + share / parts * s.b_stride + share % parts * share_bytes;
    const tile_place t{.a = reinterpret_cast<const std::byte*>(x.a + row * x.a_row),
                       .a_row = x.a_row * elem,
                       .a_k = x.a_k * elem,
                       .b = b,
                       .b_stride = s.b_stride,
                       .next = share < shares ? next : b,
                       .k = x.k,
                       .row = static_cast<std::size_t>(row),
                       .col = col};
    one_tile<C, Packs>(t, tiles.split.height(i), last, ep);
  }
}

// The next smaller block for a tail of unknown width: it ends where a panel or a pack does.
constexpr int smaller(int packs) {
  constexpr int in_panel = static_cast<int>(panel / simd::lanes);
  return packs > in_panel ? packs / in_panel / 2 * in_panel : packs / 2;
}

// Columns [col, n), fewer than a block or cut inside its last pack, by ever smaller blocks.
template <config C, int Packs, class Epilogue>
KILN_INLINE void any_tail_columns(const depth_slice<C.numbers>& s,
                                  tile_range tiles,
                                  std::size_t col,
                                  const Epilogue& ep) {
  constexpr std::size_t before_last = (static_cast<std::size_t>(Packs) - 1) * simd::lanes;
  while (col + before_last < s.x.n) {
    column_block<C, Packs>(s, tiles, col, simd::mask::first(s.x.n - col - before_last), ep);
    col += before_last + simd::lanes;
  }
  if constexpr (Packs > 1) {
    if (col < s.x.n) any_tail_columns<C, smaller(Packs)>(s, tiles, col, ep);
  }
}

template <config C, class Epilogue>
KILN_INLINE void all_columns(const depth_slice<C.numbers>& s,
                             tile_range tiles,
                             const Epilogue& ep) {
  constexpr std::size_t width = static_cast<std::size_t>(C.block.nv) * simd::lanes;
  std::size_t col = 0;
  if constexpr (C.full_columns != 0) {
    for (; col + width <= s.x.n; col += width) {
      column_block<C, C.block.nv>(s, tiles, col, simd::all_lanes{}, ep);
    }
  }
  if constexpr (C.tail_packs == any_tail) {
    if (col < s.x.n) any_tail_columns<C, C.block.nv>(s, tiles, col, ep);
  } else if constexpr (C.tail_packs > 0 && C.tail_masked == 0) {
    column_block<C, C.tail_packs>(s, tiles, col, simd::all_lanes{}, ep);
  } else if constexpr (C.tail_packs > 0) {
    constexpr std::size_t before_last = (static_cast<std::size_t>(C.tail_packs) - 1) * simd::lanes;
    column_block<C, C.tail_packs>(s, tiles, col, simd::mask::first(s.x.n - col - before_last), ep);
  }
}

// How rows are cut into tiles. One tile is known without dividing, which would take as long as a
// tiny product.
template <config C>
KILN_INLINE tensor::row_split split_of(std::size_t m) {
  const int rows = static_cast<int>(m);
  if (rows > C.block.mr) return {rows, C.block.mr};
  tensor::row_split one;
  one.tiles = 1;
  one.low = rows;
  return one;
}

// Row tiles whose part of a fills half of the second cache: b then passes by once for all of them.
template <config C>
KILN_INLINE int tiles_at_once(int tiles, std::size_t k) {
  constexpr auto half = static_cast<std::size_t>(core::native.l2_bytes / 2);
  const std::size_t bytes = k * static_cast<std::size_t>(C.block.mr) * a_elem_bytes(C.numbers);
  if (tiles <= 4 || bytes * static_cast<std::size_t>(tiles) <= half) return tiles;
  const int blocks = core::ceil_div(tiles, std::max(4, static_cast<int>(half / bytes)));
  return core::ceil_div(tiles, blocks);
}

template <config C, class Epilogue>
KILN_INLINE void all_rows(const depth_slice<C.numbers>& s, const Epilogue& ep) {
  const tensor::row_split split = split_of<C>(s.x.m);
  const int step = tiles_at_once<C>(split.tiles, s.x.k);
  for (int first = 0; first < split.tiles; first += step) {
    all_columns<C>(s, {split, first, std::min(first + step, split.tiles)}, ep);
  }
}

// What an epilogue does to the last block of k: it goes on from the partial sums.
template <class Sum, class Epilogue>
struct resumed final {
  const Epilogue& ep;

  template <class Lanes>
  KILN_INLINE auto columns(std::size_t col, Lanes m) const {
    return ep.columns(col, m);
  }
  template <class State, class Lanes>
  KILN_INLINE Sum start(const State&, std::size_t row, std::size_t col, Lanes m) const {
    return simd::load(ep.partial(row, col), m);
  }
  template <class State, class Lanes>
  KILN_INLINE void finish(State& s, std::size_t row, std::size_t col, Sum v, Lanes m) const {
    ep.finish(s, row, col, v, m);
  }
};

// What all other blocks do: from partial sums to partial sums.
template <class Sum, class Epilogue>
struct suspended final {
  const Epilogue& ep;

  template <class Lanes>
  KILN_INLINE no_state columns(std::size_t, Lanes) const {
    return {};
  }
  template <class Lanes>
  KILN_INLINE Sum start(no_state, std::size_t row, std::size_t col, Lanes m) const {
    return simd::load(ep.partial(row, col), m);
  }
  template <class Lanes>
  KILN_INLINE void finish(no_state, std::size_t row, std::size_t col, Sum v, Lanes m) const {
    simd::store(ep.partial(row, col), v, m);
  }
};

template <arithmetic X, class Epilogue>
void start_partials(const operands_of<X>& x, const Epilogue& ep) {
  for (std::size_t col = 0; col < x.n; col += simd::lanes) {
    const auto m = simd::mask::first(x.n - col);
    const auto state = ep.columns(col, m);
    for (std::size_t row = 0; row < x.m; ++row) {
      simd::store(ep.partial(row, col), ep.start(state, row, col, m), m);
    }
  }
}

// Blocks of k outside of everything else: the rows' part of one block stays in the second cache
// while all columns pass by, which happens once for each block.
template <config C, class Epilogue>
KILN_INLINE void depth_by_depth(const operands_of<C.numbers>& x, const Epilogue& ep) {
  using sum = sum_pack<C.numbers>;
  constexpr std::size_t together = neighbours(C.numbers);
  const std::size_t steps = core::ceil_div(x.k, together);
  const std::size_t blocks = core::ceil_div(steps, static_cast<std::size_t>(longest_depth));
  const std::size_t step = core::ceil_div(steps, blocks) * together;
  start_partials(x, ep);
  for (std::size_t k = 0; k < x.k; k += step) {
    depth_slice<C.numbers> s{x, x.steps_of_panel() * panel_row_bytes(C.numbers)};
    s.x.a += static_cast<std::ptrdiff_t>(k) * x.a_k;
    s.x.b += k * panel;
    s.x.k = std::min(step, x.k - k);
    if (k + step < x.k) {
      all_rows<C>(s, suspended<sum, Epilogue>{ep});
    } else {
      all_rows<C>(s, resumed<sum, Epilogue>{ep});
    }
  }
}

template <config C, class Epilogue>
KILN_INLINE void all_depths(const operands_of<C.numbers>& x, const Epilogue& ep) {
  if constexpr (C.depth_blocks != 0 && keeps_partials<Epilogue, sum_pack<C.numbers>>) {
    depth_by_depth<C>(x, ep);
  } else {
    all_rows<C>({x, x.steps_of_panel() * panel_row_bytes(C.numbers)}, ep);
  }
}

}  // namespace detail

/// The product a b, element by element through the epilogue: start(), the sum over k in order,
/// finish(). With k == 0 elements go from start() to finish(); with m or n == 0 nothing happens.
///
/// @shape     a: [m, k]; b: [k, n] packed; the epilogue sees [m, n]
/// @cost      2mnk flop; reads a once for every nv packs of columns, b once for every block of rows
/// @pre       C = configure(...) of these extents and this form of a
/// @errors    none
/// @accuracy  f32: |error| <= k eps sum |a b| (+ the epilogue's), s32: exact, wraps around; the
///            same bits for a row wherever it stands
template <config C, epilogue<sum_pack<C.numbers>> Epilogue>
void run(const operands_of<C.numbers>& x, const Epilogue& ep) noexcept {
  static_assert(C.block.mr > 0 && C.block.nv > 0 && matches_panels(C.block));
  static_assert(neighbours(C.numbers) == 1 || C.form == a_form::k_contiguous);
  if (x.m == 0 || x.n == 0) return;
  if constexpr (C.tiled != 0) {
    run_tiled<C>(x, ep);
  } else if constexpr (C.compensated != 0) {
    detail::all_depths<C>(x, compensated<Epilogue>{ep, x.compensation});
  } else {
    detail::all_depths<C>(x, ep);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
