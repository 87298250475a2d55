// SPDX-License-Identifier: MIT
// One register tile of a product: all of k in one go, with its epilogue in the accumulators.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/cursor.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {
template <std::size_t I>
using index = std::integral_constant<std::size_t, I>;

// acc[0] += acc[1] + ...: neighbours first, so that the order is a balanced tree.
template <std::size_t Chains, class Sum, std::size_t Packs>
KILN_INLINE void add_chains(Sum (&acc)[Chains][Packs]) {
  const auto add = [&]<std::size_t To, std::size_t From, std::size_t... J>(
      index<To>, index<From>, std::index_sequence<J...>) KILN_INLINE_LAMBDA {
    ((acc[To][J] = acc[To][J] + acc[From][J]), ...);
  };
  const auto level = [&]<std::size_t Step, std::size_t... I>(index<Step>, std::index_sequence<I...>)
      KILN_INLINE_LAMBDA {
    (add(index<2 * I * Step>{}, index<(2 * I + 1) * Step>{}, std::make_index_sequence<Packs>{}),
     ...);
  };
  if constexpr (Chains >= 2) level(index<1>{}, std::make_index_sequence<Chains / 2>{});
  if constexpr (Chains >= 4) level(index<2>{}, std::make_index_sequence<Chains / 4>{});
  if constexpr (Chains >= 8) level(index<4>{}, std::make_index_sequence<Chains / 8>{});
}

// The accumulators of one tile and what a step of k adds to them.
template <micro_shape S>
class accumulators final {
 public:
  static constexpr auto rows = static_cast<std::size_t>(S.mr);
  static constexpr auto packs = static_cast<std::size_t>(S.nv);
  static constexpr auto chains = static_cast<std::size_t>(S.chains);
  static_assert(chains == 1 || (rows == 1 && S.taps == 0));

  using sum = sum_pack<S.numbers>;
  using arithmetic_step = step_of<S.numbers>;

  sum acc[rows * chains][packs];

  KILN_INLINE void clear_other_chains() {
    [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
      ((acc[rows + I / packs][I % packs] = sum(0)), ...);
    }
    (std::make_index_sequence<rows*(chains - 1) * packs>{});
  }

  /// One run of k: whole steps and, where there may be one, the last step of `rest` neighbours.
  KILN_INLINE void run(a_cursor<S>& a, b_cursor<S>& b, std::size_t k) {
    std::size_t steps = k / neighbours(S.numbers);
    const std::size_t rest = k % neighbours(S.numbers);
    for (; steps >= chains; steps -= chains) each_chain(a, b, std::make_index_sequence<chains>{});
    if constexpr (chains > 1) {
      for (; steps != 0; --steps) each_chain(a, b, std::make_index_sequence<1>{});
    }
    if constexpr (S.depth_tail != 0 && neighbours(S.numbers) > 1) {
      if (rest == 0) return;
      step<0>(a,
              b,
              [rest]<int P>(std::integral_constant<int, P>, const std::byte* at)
                  KILN_INLINE_LAMBDA { return arithmetic_step::template left<P>(at, rest); });
      b.advance();
    }
  }

 private:
  template <std::size_t... C>
  KILN_INLINE void each_chain(a_cursor<S>& a, b_cursor<S>& b, std::index_sequence<C...>) {
    const auto one = [&]<std::size_t Chain>(index<Chain>) KILN_INLINE_LAMBDA {
      step<Chain>(
          a, b, []<int P>(std::integral_constant<int, P>, const std::byte* at) KILN_INLINE_LAMBDA {
            return arithmetic_step::template left<P>(at);
          });
      b.advance();
      a.advance();
    };
    (one(index<C>{}), ...);
  }
  template <std::size_t Chain, class Left>
  KILN_INLINE void step(const a_cursor<S>& a, const b_cursor<S>& b, Left left) {
    b.prefetch();
    [&]<int... P>(std::integer_sequence<int, P...>) KILN_INLINE_LAMBDA {
      (part<Chain, P>(
           a, b, left, std::make_index_sequence<packs>{}, std::make_index_sequence<rows>{}),
       ...);
    }
    (std::make_integer_sequence<int, arithmetic_step::parts>{});
  }
  template <std::size_t Chain, int Part, class Left, std::size_t... J, std::size_t... I>
  KILN_INLINE void part(const a_cursor<S>& a,
                        const b_cursor<S>& b,
                        Left left,
                        std::index_sequence<J...>,
                        std::index_sequence<I...>) {
    if constexpr (arithmetic_step::parts > 1) simd::read_again();
    const decltype(arithmetic_step::template right<Part>(b.at(0))) right[packs] = {
        arithmetic_step::template right<Part>(b.at(J))...};
    const auto row = [&]<std::size_t R>(index<R>) KILN_INLINE_LAMBDA {
      const auto number = left(std::integral_constant<int, Part>{}, a.at(R));
      (arithmetic_step::add(acc[Chain + R][J], number, right[J]), ...);
    };
    (row(index<I>{}), ...);
  }
};

// All runs of k.
template <micro_shape S>
KILN_INLINE void all_runs(accumulators<S>& sums, const tile_place& t) {
  a_cursor<S> a(t);
  b_cursor<S> b(t);
  if constexpr (S.taps == 0) {
    sums.run(a, b, t.k);
  } else {
    static_assert(S.form == a_form::k_contiguous);
    const auto steps = static_cast<std::ptrdiff_t>(t.k / neighbours(S.numbers));
    const std::ptrdiff_t to_next = t.taps.col_bytes - steps * a_cursor<S>::step_bytes;
    const std::ptrdiff_t to_row =
        t.taps.row_bytes - static_cast<std::ptrdiff_t>(t.taps.cols) * t.taps.col_bytes;
    for (std::size_t r = t.taps.rows; r != 0; --r) {
      for (std::size_t s = t.taps.cols; s != 0; --s) {
        sums.run(a, b, t.k);
        a.skip(to_next);
      }
      a.skip(to_row);
    }
  }
}

// Asks for the results' lines, to be written: they come while the sums are computed. Where b comes
// from memory the results do, too.
template <micro_shape S, class Epilogue, class RowNumber>
KILN_INLINE void expect_results(const tile_place& t, const Epilogue& ep, RowNumber row_number) {
  if constexpr (S.source == b_source::memory && keeps_partials<Epilogue, sum_pack<S.numbers>>) {
    constexpr std::size_t in_line = std::min<std::size_t>(panel / simd::lanes, S.nv);
    constexpr std::size_t lines = static_cast<std::size_t>(S.nv) / in_line;
    each<static_cast<std::size_t>(S.mr) * lines>([&](std::size_t i) KILN_INLINE_LAMBDA {
      const std::size_t col = t.col + i % lines * in_line * simd::lanes;
      __builtin_prefetch(ep.partial(row_number(i / lines), col), 1, 3);
    });
  }
}

template <micro_shape S, class Last, class Epilogue>
KILN_INLINE void whole_tile(const tile_place& t, Last last, const Epilogue& ep) {
  constexpr auto rows = static_cast<std::size_t>(S.mr);
  constexpr auto packs = static_cast<std::size_t>(S.nv);
  using each_row = std::make_index_sequence<rows>;
  using each_pack_but_last = std::make_index_sequence<packs - 1>;
  accumulators<S> sums;

  const auto row_number = [&t](std::size_t i) KILN_INLINE_LAMBDA {
    if constexpr (S.line == 0) {
      return t.row + i;
    } else {
      constexpr auto line = static_cast<std::size_t>(S.line);
      return t.row + i / line * t.row_line + i % line;
    }
  };
  const auto start = [&]<std::size_t J, std::size_t... I>(
      index<J>, auto m, std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    const std::size_t col = t.col + J * simd::lanes;
    const auto state = ep.columns(col, m);
    ((sums.acc[I][J] = ep.start(state, row_number(I), col, m)), ...);
  };
  const auto finish = [&]<std::size_t J, std::size_t... I>(
      index<J>, auto m, std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    const std::size_t col = t.col + J * simd::lanes;
    auto state = ep.columns(col, m);
    (ep.finish(state, row_number(I), col, sums.acc[I][J], m), ...);
  };
  const auto columns = [&]<std::size_t... J>(auto step, std::index_sequence<J...>)
      KILN_INLINE_LAMBDA {
    (step(index<J>{}, simd::all_lanes{}, each_row{}), ...);
    step(index<packs - 1>{}, last, each_row{});
  };

  columns(start, each_pack_but_last{});
  sums.clear_other_chains();
  expect_results<S>(t, ep, row_number);
  all_runs<S>(sums, t);
  if constexpr (S.chains > 1) add_chains<static_cast<std::size_t>(S.chains)>(sums.acc);
  columns(finish, each_pack_but_last{});
}

// True if sums are added to by asm statements.
constexpr bool adds_by_statements(arithmetic x) {
  return x != arithmetic::f32 && x != arithmetic::f32_f16;
}
}  // namespace detail

/// start(), then += a[row, k] * b[k, col] for k in order, then finish(), for the tile's mr rows and
/// nv packs of columns; `last` says which lanes of the last pack exist. With S.taps, k runs over
/// t.taps.rows, t.taps.cols and t.k.
///
/// Each element is one chain of steps over k, whatever the tile's height, width and place: the same
/// row gives the same bits in every tile. Tiles of one row, which only products of single rows
/// have, add up S.chains partial sums instead: those rows too are all computed alike.
///
/// @shape     a: [mr, k]; b: panels of [k, 16]
/// @cost      2 mr nv lanes k flop; mr + nv loads for mr nv multiply-adds
/// @errors    none
/// @accuracy  f32: |error| <= k eps sum |a b| (+ the epilogue's), Higham 2002, section 3.1; s32:
///            exact, wraps around
template <micro_shape S, class Last, class Epilogue>
[[gnu::noinline]] void micro(const tile_place& t, Last last, const Epilogue& ep) noexcept {
  detail::whole_tile<S>(t, last, ep);
}

#if !defined(__clang__)
/// The same: g++ 12 copies an accumulator here and there in loops of asm statements, but not with
/// these options.
template <micro_shape S, class Last, class Epilogue>
  requires(detail::adds_by_statements(S.numbers))
[[gnu::noinline, gnu::optimize("rename-registers", "ira-region=all", "no-tree-coalesce-vars")]] void
micro(const tile_place& t, Last last, const Epilogue& ep) noexcept {
  detail::whole_tile<S>(t, last, ep);
}
#endif

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
