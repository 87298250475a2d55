// SPDX-License-Identifier: MIT
// One register tile of a product: all of k in one go, with its epilogue in the accumulators.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/cursor.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {
template <std::size_t I>
using index = std::integral_constant<std::size_t, I>;

// acc[0] += acc[1] + ...: neighbours first, so that the order is a balanced tree.
template <std::size_t Chains, std::size_t Packs>
KILN_INLINE void add_chains(simd::pack (&acc)[Chains][Packs]) {
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
}  // namespace detail

/// start(), then += a[row, k] * b[k, col] for k in order, then finish(), for the tile's mr rows and
/// nv packs of columns; `last` says which lanes of the last pack exist.
///
/// Each element is one chain of multiply-adds over k, whatever the tile's height, width and place:
/// the same row gives the same bits in every tile. Tiles of one row, which only products of single
/// rows have, add up S.chains partial sums instead: those rows too are all computed alike.
///
/// @shape     a: [mr, k]; b: panels of [k, 16]
/// @cost      2 mr nv lanes k flop; mr + nv loads for mr nv multiply-adds
/// @errors    none
/// @accuracy  |error| <= k eps sum |a b| (+ the epilogue's), Higham 2002, section 3.1
template <micro_shape S, class Last, class Epilogue>
[[gnu::noinline]] void micro(const tile_place& t, Last last, const Epilogue& ep) noexcept {
  constexpr auto rows = static_cast<std::size_t>(S.mr);
  constexpr auto packs = static_cast<std::size_t>(S.nv);
  using each_row = std::make_index_sequence<rows>;
  using each_pack = std::make_index_sequence<packs>;
  using each_pack_but_last = std::make_index_sequence<packs - 1>;
  constexpr auto chains = static_cast<std::size_t>(S.chains);
  static_assert(chains == 1 || rows == 1);
  simd::pack acc[rows * chains][packs];

  const auto start = [&]<std::size_t J, std::size_t... I>(
      detail::index<J>, auto m, std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    const std::size_t col = t.col + J * simd::lanes;
    const auto state = ep.columns(col, m);
    ((acc[I][J] = ep.start(state, t.row + I, col, m)), ...);
  };
  const auto finish = [&]<std::size_t J, std::size_t... I>(
      detail::index<J>, auto m, std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    const std::size_t col = t.col + J * simd::lanes;
    auto state = ep.columns(col, m);
    (ep.finish(state, t.row + I, col, acc[I][J], m), ...);
  };
  const auto columns = [&]<std::size_t... J>(auto step, std::index_sequence<J...>)
      KILN_INLINE_LAMBDA {
    (step(detail::index<J>{}, simd::all_lanes{}, each_row{}), ...);
    step(detail::index<packs - 1>{}, last, each_row{});
  };

  columns(start, each_pack_but_last{});
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    ((acc[rows + I / packs][I % packs] = simd::zero()), ...);
  }
  (std::make_index_sequence<rows*(chains - 1) * packs>{});
  a_cursor<S> a(t);
  b_cursor<S> b(t);
  const auto step = [&]<std::size_t C, std::size_t... J, std::size_t... I>(
      detail::index<C>, std::index_sequence<J...>, std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    simd::pack right[packs];
    ((right[J] = b.load(J)), ...);
    const auto row = [&]<std::size_t R>(detail::index<R>) KILN_INLINE_LAMBDA {
      const simd::pack left = a.row(R);
      ((acc[C + R][J] = simd::fma(left, right[J], acc[C + R][J])), ...);
    };
    (row(detail::index<I>{}), ...);
    b.advance();
    a.advance();
  };
  const auto each_chain = [&]<std::size_t... C>(std::index_sequence<C...>) KILN_INLINE_LAMBDA {
    (step(detail::index<C>{}, each_pack{}, each_row{}), ...);
  };
  std::size_t k = t.k;
  for (; k >= chains; k -= chains) each_chain(std::make_index_sequence<chains>{});
  if constexpr (chains > 1) {
    for (; k != 0; --k) each_chain(std::make_index_sequence<1>{});
    detail::add_chains<chains>(acc);
  }
  columns(finish, each_pack_but_last{});
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
