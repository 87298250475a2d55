// SPDX-License-Identifier: MIT
// Register tiles of any height through a small buffer: their code is shared by all epilogues.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/micro.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {

// The epilogue of the shared tiles: accumulators come from the buffer and go back to it.
template <class Number, class Sum, int Packs>
struct buffer_store final {
  Number* at;

  static constexpr std::size_t width = static_cast<std::size_t>(Packs) * simd::lanes;

  template <class Lanes>
  KILN_INLINE no_state columns(std::size_t, Lanes) const {
    return {};
  }
  template <class Lanes>
  KILN_INLINE Sum start(no_state, std::size_t row, std::size_t col, Lanes) const {
    return simd::load(at + row * width + col);
  }
  template <class Lanes>
  KILN_INLINE void finish(no_state, std::size_t row, std::size_t col, Sum v, Lanes) const {
    simd::store(at + row * width + col, v);
  }
};

// The highest shared tile. Half of a large tile still has enough accumulators to keep the
// multipliers busy, and two of them do for any height: that halves the code.
constexpr int highest_shared(const micro_shape& s) {
  return s.mr * s.nv >= 24 ? (s.mr + 1) / 2 : s.mr;
}

template <micro_shape S, int... Less>
KILN_INLINE void shared_micro(const tile_place& t,
                              int rows,
                              sum_element<S.numbers>* buffer,
                              std::integer_sequence<int, Less...>) {
  using store = buffer_store<sum_element<S.numbers>, sum_pack<S.numbers>, S.nv>;
  const auto of_height = [&]<int Rows>(std::integral_constant<int, Rows>) {
    constexpr micro_shape part{.mr = Rows,
                               .nv = S.nv,
                               .form = S.form,
                               .source = S.source,
                               .numbers = S.numbers,
                               .depth_tail = S.depth_tail};
    if (rows == Rows) micro<part>(t, simd::all_lanes{}, store{buffer});
  };
  (of_height(std::integral_constant<int, Less + 1>{}), ...);
}

}  // namespace detail

/// A part of k for any number of rows: adds to sums in a buffer, by shared tiles of nearly equal
/// height, at most S.mr of them.
///
/// @shape   a: [rows, k]; b: panels of [k, 16]; buffer: [rows, S.nv packs]
/// @cost    micro()'s, and 8 bytes of nearest cache read and written for each element
/// @pre     t.col == 0; the rows are one line and k has one dimension
/// @errors  none
template <micro_shape S>
[[gnu::noinline]] void add_to_buffer(tile_place t,
                                     int rows,
                                     sum_element<S.numbers>* buffer) noexcept {
  using detail::highest_shared, detail::shared_micro;
  constexpr int highest = highest_shared(S);
  const tensor::row_split split(rows, highest);
  const std::byte* a = t.a;
  for (int i = 0; i < split.tiles; ++i) {
    const int row = split.begin(i);
    t.a = a + row * t.a_row;
    t.row = static_cast<std::size_t>(row);
    shared_micro<S>(t, split.height(i), buffer, std::make_integer_sequence<int, highest>{});
  }
}

/// What micro() does, for a number of rows known at run time: the epilogue's start() fills a buffer
/// in the nearest cache, a tile without epilogue works on it, finish() empties it. Only these two
/// short loops are made anew for each epilogue; bits are those of micro().
///
/// @shape   a: [rows, k]; b: panels of [k, 16]
/// @cost    micro()'s, and 8 bytes of nearest cache written and read for each element
/// @pre     0 < rows <= S.mr; the rows are one line and k has one dimension
/// @errors  none
template <micro_shape S, class Last, class Epilogue>
[[gnu::noinline]] void buffered(const tile_place& t,
                                int rows,
                                Last last,
                                const Epilogue& ep) noexcept {
  constexpr auto packs = static_cast<std::size_t>(S.nv);
  constexpr std::size_t width = packs * simd::lanes;
  const auto height = static_cast<std::size_t>(rows);
  static_assert(S.line == 0 && S.taps == 0);
  alignas(64) sum_element<S.numbers> buffer[static_cast<std::size_t>(S.mr) * width];
  const auto start = [&](std::size_t j, auto m) {
    const std::size_t col = t.col + j * simd::lanes;
    const auto state = ep.columns(col, m);
    for (std::size_t i = 0; i < height; ++i) {
      simd::store(buffer + i * width + j * simd::lanes, ep.start(state, t.row + i, col, m));
    }
  };
  const auto finish = [&](std::size_t j, auto m) {
    const std::size_t col = t.col + j * simd::lanes;
    auto state = ep.columns(col, m);
    for (std::size_t i = 0; i < height; ++i) {
      ep.finish(state, t.row + i, col, simd::load(buffer + i * width + j * simd::lanes), m);
    }
  };
  for (std::size_t j = 0; j + 1 < packs; ++j) start(j, simd::all_lanes{});
  start(packs - 1, last);
  tile_place at_buffer = t;
  at_buffer.col = 0;
  add_to_buffer<S>(at_buffer, rows, buffer);
  for (std::size_t j = 0; j + 1 < packs; ++j) finish(j, simd::all_lanes{});
  finish(packs - 1, last);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
