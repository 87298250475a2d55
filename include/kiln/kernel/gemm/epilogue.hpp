// SPDX-License-Identifier: MIT
// What surrounds a register tile: where its accumulators start and what becomes of them.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Start and end of every accumulator, a Sum: simd::pack, or simd::int_pack where sums are s32.
/// `row` and `col` count from the operands of run(); `col` is the column of the pack's first lane;
/// Lanes is simd::all_lanes or simd::mask.
///
///     auto columns(std::size_t col, Lanes m) const;             what a column of packs shares
///     Sum start(state, std::size_t row, std::size_t col, Lanes m) const;           zero, bias or c
///     void finish(state&, std::size_t row, std::size_t col, Sum v, Lanes m) const;           store
///
/// Each (row, column pack) is started once and finished once, the latter after the former;
/// columns() may be called again in between. All must be always_inline, or the accumulators leave
/// their registers.
///
/// @law     masked-off lanes of v are meaningless; finish() writes none of them
/// @models  plain_store, what codegen composes
template <class Epilogue, class Sum = simd::pack>
concept epilogue = requires(const Epilogue& e, std::size_t i, Sum v, simd::mask m) {
  e.columns(i, simd::all_lanes{});
  e.columns(i, m);
  requires requires(decltype(e.columns(i, simd::all_lanes{})) state) {
    { e.start(state, i, i, simd::all_lanes{}) } -> std::same_as<Sum>;
    e.finish(state, i, i, v, simd::all_lanes{});
  };
  requires requires(decltype(e.columns(i, m)) state) {
    { e.start(state, i, i, m) } -> std::same_as<Sum>;
    e.finish(state, i, i, v, m);
  };
};

/// An epilogue with memory for partial sums: partial(row, col) is where the accumulators of that
/// pack may lie until finish(), usually where it stores its result. A long k is then cut into
/// blocks that stay in cache.
///
/// @law     what lies there is not read by anything else, finish() included
/// @models  plain_store
template <class Epilogue, class Sum = simd::pack>
concept keeps_partials = epilogue<Epilogue, Sum> && requires(const Epilogue& e, std::size_t i) {
  {
    e.partial(i, i)
    } -> std::same_as<std::conditional_t<std::is_same_v<Sum, simd::pack>, float*, std::int32_t*>>;
};

/// finish() of two packs side by side in a row, both whole: at once where the epilogue knows how,
/// which saves instructions and stores where results are narrow.
///
///     void finish_two(state& left, state& right, std::size_t row, std::size_t col,
///                     Sum v, Sum w) const;
///
/// @errors  none
template <class Epilogue, class State, class Sum>
KILN_INLINE void finish_two(
    const Epilogue& ep, State& left, State& right, std::size_t row, std::size_t col, Sum v, Sum w) {
  if constexpr (requires { ep.finish_two(left, right, row, col, v, w); }) {
    ep.finish_two(left, right, row, col, v, w);
  } else {
    ep.finish(left, row, col, v, simd::all_lanes{});
    ep.finish(right, row, col + simd::lanes, w, simd::all_lanes{});
  }
}

/// State of an epilogue that has nothing to share between the rows of a column.
struct no_state final {};

/// c = a b, or c += a b: the epilogue without an operation.
///
/// @shape  c: [m, n], rows `row_stride` floats apart
struct plain_store final {
  float* c;
  std::ptrdiff_t row_stride;
  bool accumulate = false;

  template <class Lanes>
  KILN_INLINE no_state columns(std::size_t, Lanes) const {
    return {};
  }
  template <class Lanes>
  KILN_INLINE simd::pack start(no_state, std::size_t row, std::size_t col, Lanes m) const {
    return accumulate ? simd::load(partial(row, col), m) : simd::zero();
  }
  template <class Lanes>
  KILN_INLINE void finish(no_state, std::size_t row, std::size_t col, simd::pack v, Lanes m) const {
    simd::store(partial(row, col), v, m);
  }
  [[nodiscard]] KILN_INLINE float* partial(std::size_t row, std::size_t col) const {
    return c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
  }
};

static_assert(keeps_partials<plain_store>);

/// An epilogue that starts from some more for each column: what pack_b() left for an a that was
/// shifted to unsigned numbers.
///
/// @shape  more: [n]
template <class Epilogue>
struct compensated final {
  const Epilogue& ep;
  const std::int32_t* more;

  template <class Lanes>
  KILN_INLINE auto columns(std::size_t col, Lanes m) const {
    return state<decltype(ep.columns(col, m))>{ep.columns(col, m), simd::load(more + col, m)};
  }
  template <class State, class Lanes>
  KILN_INLINE simd::int_pack start(const State& s,
                                   std::size_t row,
                                   std::size_t col,
                                   Lanes m) const {
    return ep.start(s.inner, row, col, m) + s.more;
  }
  template <class State, class Lanes>
  KILN_INLINE void finish(
      State& s, std::size_t row, std::size_t col, simd::int_pack v, Lanes m) const {
    ep.finish(s.inner, row, col, v, m);
  }
  [[nodiscard]] KILN_INLINE std::int32_t* partial(std::size_t row, std::size_t col) const
      requires(keeps_partials<Epilogue, simd::int_pack>) {
    return ep.partial(row, col);
  }

 private:
  template <class Inner>
  struct state final {
    Inner inner;
    simd::int_pack more;
  };
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
