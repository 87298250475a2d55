// SPDX-License-Identifier: MIT
// Reductions: many elements to one along a row, or to a row of them down the columns.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <concepts>
#include <cstddef>

namespace kiln::kernel {
inline namespace KILN_ISA {

/// How elements become one. `initial` is what nothing gives, `combine` takes one element more,
/// `merge` joins two partial results; all are called with T = float and T = simd::pack.
///
/// @law     combine(merge(a, b), x) equals merge(a, combine(b, x)) but for rounding
/// @models  the reduction operators
template <class Reduction>
concept reduction = requires(simd::pack x) {
  { Reduction::template initial<simd::pack>() } -> std::same_as<simd::pack>;
  { Reduction::combine(x, x) } -> std::same_as<simd::pack>;
  { Reduction::merge(x, x) } -> std::same_as<simd::pack>;
};

/// A pack of elements [i, i + lanes) of a row; in lanes that m masks off anything may be.
template <class Load>
concept row_load = requires(const Load& load, std::size_t i, simd::mask m) {
  { load(i, simd::all_lanes{}) } -> std::same_as<simd::pack>;
  { load(i, m) } -> std::same_as<simd::pack>;
};

/// One number from all lanes: lane i is merged with lane i + lanes / 2, and so on.
template <reduction Reduction>
KILN_INLINE float reduce_lanes(simd::pack x) {
  return simd::native::reduce(
      x.raw, [](simd::native::f32 a, simd::native::f32 b) KILN_INLINE_LAMBDA {
        return Reduction::merge(simd::pack::wrap(a), simd::pack::wrap(b)).raw;
      });
}

/// A reduction on its way, over one row after another: several chains, as one would wait for
/// itself. Element i of a row always meets the same partner, so that the bits depend on lengths
/// alone.
template <reduction Reduction>
class row_accumulator final {
 public:
  KILN_INLINE row_accumulator() {
    gemm::each<chains>([this](std::size_t c) KILN_INLINE_LAMBDA {
      chain_[c] = Reduction::template initial<simd::pack>();
    });
  }

  /// Takes in elements load(0), ..., load(n - 1).
  template <row_load Load>
  KILN_INLINE void add(std::size_t n, const Load& load) {
    std::size_t i = 0;
    for (; i + chains * simd::lanes <= n; i += chains * simd::lanes) {
      gemm::each<chains>([&](std::size_t c) KILN_INLINE_LAMBDA {
        const simd::pack x = load(i + c * simd::lanes, simd::all_lanes{});
        chain_[c] = Reduction::combine(chain_[c], x);
      });
    }
    for (; i + simd::lanes <= n; i += simd::lanes) {
      chain_[0] = Reduction::combine(chain_[0], load(i, simd::all_lanes{}));
    }
    if (i < n) {
      const simd::mask m = simd::first(n - i);
      chain_[1] = simd::select(m, Reduction::combine(chain_[1], load(i, m)), chain_[1]);
    }
  }

  [[nodiscard]] KILN_INLINE float result() const {
    return reduce_lanes<Reduction>(Reduction::merge(Reduction::merge(chain_[0], chain_[2]),
                                                    Reduction::merge(chain_[1], chain_[3])));
  }

 private:
  static constexpr std::size_t chains = 4;

  simd::pack chain_[chains];
};

/// One number from a row.
///
/// @shape     load: [n]
/// @cost      n combinations
/// @errors    none
/// @accuracy  a sum: |error| <= (n / (4 lanes) + 10) eps sum |x|, Higham 2002, section 4.2
template <reduction Reduction, row_load Load>
KILN_INLINE float reduce_row(std::size_t n, const Load& load) {
  row_accumulator<Reduction> row;
  row.add(n, load);
  return row.result();
}

namespace detail {

// What reduce_columns_over() was given, for some packs of columns at a time.
template <class Reduction, class Walk, class Load, class Store>
struct column_reduction final {
  const Walk& walk;
  const Load& load;
  const Store& store;

  template <std::size_t Packs, class Lanes>
  KILN_INLINE void run(std::size_t i, Lanes last) const {
    simd::pack acc[Packs];
    const auto each_pack = [&](const auto& f) KILN_INLINE_LAMBDA {
      gemm::each<Packs - 1>(
          [&](std::size_t j) KILN_INLINE_LAMBDA { f(j, i + j * simd::lanes, simd::all_lanes{}); });
      f(Packs - 1, i + (Packs - 1) * simd::lanes, last);
    };
    gemm::each<Packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
      acc[j] = Reduction::template initial<simd::pack>();
    });
    walk([&](auto... r) KILN_INLINE_LAMBDA {
      each_pack([&](std::size_t j, std::size_t at, auto m)
                    KILN_INLINE_LAMBDA { acc[j] = Reduction::combine(acc[j], load(r..., at, m)); });
    });
    each_pack([&](std::size_t j, std::size_t at, auto m)
                  KILN_INLINE_LAMBDA { store(at, acc[j], m); });
  }
};

}  // namespace detail

/// One number for each of n columns. walk(f) calls f(r...) for every row in order, however many
/// axes a row's place has; load(r..., i, m) gives a pack of that row, store(i, pack, m) takes the
/// results.
///
/// @shape     load: [rows..., n]; store: [n]
/// @cost      rows * n combinations
/// @errors    none
/// @accuracy  each column is one chain in the order of the walk; a sum: |error| <= rows eps sum |x|
template <reduction Reduction, class Walk, class Load, class Store>
KILN_INLINE void reduce_columns_over(std::size_t n,
                                     const Walk& walk,
                                     const Load& load,
                                     const Store& store) {
  constexpr std::size_t packs = 4;  // four chains side by side hide the latency of one
  const detail::column_reduction<Reduction, Walk, Load, Store> columns{walk, load, store};
  std::size_t i = 0;
  for (; i + packs * simd::lanes <= n; i += packs * simd::lanes) {
    columns.template run<packs>(i, simd::all_lanes{});
  }
  for (; i < n; i += simd::lanes) columns.template run<1>(i, simd::first(n - i));
}

/// The same over rows 0, ..., rows - 1: load(r, i, m).
///
/// @shape     load: [rows, n]; store: [n]
/// @cost      rows * n combinations
/// @errors    none
/// @accuracy  each column is one chain in ascending order; a sum: |error| <= rows eps sum |x|
template <reduction Reduction, class Load, class Store>
KILN_INLINE void reduce_columns(std::size_t n,
                                std::size_t rows,
                                const Load& load,
                                const Store& store) {
  const auto walk = [rows](const auto& f) KILN_INLINE_LAMBDA {
    for (std::size_t r = 0; r < rows; ++r) f(r);
  };
  reduce_columns_over<Reduction>(n, walk, load, store);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel
