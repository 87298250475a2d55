// SPDX-License-Identifier: MIT
// How a register tile walks along k over both operands with few address registers.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Where a register tile stands.
struct tile_place final {
  const float* a;  // element (row, 0)
  std::ptrdiff_t a_row;
  std::ptrdiff_t a_k;
  const float* b;        // packed, at the tile's first column
  std::size_t b_stride;  // floats from one panel to the next
  const float* next;     // what the second cache may fetch meanwhile: the next column block
  std::size_t k;
  std::size_t row;  // what the epilogue is told
  std::size_t col;
};

/// The part of a configuration that one register tile's code depends on.
struct micro_shape final {
  int mr;
  int nv;
  a_form form;
  b_source source;
  int chains = 1;  // partial sums of an element: step k goes to chain k % chains
};

/// Partial sums of an element in a block of `packs` packs. A product of single rows has few
/// accumulators, and each would wait for itself: a multiply-add takes about four cycles and two
/// start in each. Several chains an element fill the gap. Not where a single row is only the rest
/// of many: it must have the bits that it would have among the others.
constexpr int chains_of(const config& c, int packs) {
  if (c.block.mr != 1 || packs > 4) return 1;
  return packs > 2 ? 2 : packs == 2 ? 4 : 8;
}

/// The shape of a tile of `rows` rows and `packs` packs under a configuration. A single row passes
/// over b as fast as it comes: hardware prefetches a plain stream better than instructions do.
constexpr micro_shape shape_of(const config& c, int rows, int packs) {
  return {rows, packs, c.form, rows == 1 ? b_source::first_cache : c.source, chains_of(c, packs)};
}

namespace detail {

// Three rows hang on one base pointer as base, base + s and base + 2s, which x86 addresses without
// another register; a pointer for each of 14 rows would not fit the general registers.
inline constexpr std::size_t rows_per_pointer = 3;

constexpr std::size_t pointers_for(std::size_t rows) {
  return (rows + rows_per_pointer - 1) / rows_per_pointer;
}

// A large tile spends 10 to 14 cycles on a step of k, a small one about half of that.
constexpr bool is_large(const micro_shape& s) { return s.mr * s.nv >= 20; }

// How far ahead of its use a row of a panel is asked for: about 400 cycles, which also bridges the
// gap that hardware prefetchers leave at the end of each 4 KiB page.
constexpr std::size_t rows_ahead(const micro_shape& s) { return is_large(s) ? 32 : 64; }

}  // namespace detail

/// In how many steps of k a tile asks the second cache for one row of the next panels. One in about
/// 25 cycles: more lines under way than a core can wait for would delay its own loads.
constexpr std::size_t steps_per_next_row(const micro_shape& s) {
  return detail::is_large(s) ? 2 : 4;
}

/// The left-hand side's rows of one tile: row(i) is element (i, k) in every lane.
template <micro_shape S>
class a_cursor final {
 public:
  KILN_INLINE explicit a_cursor(const tile_place& t)
      : row_stride_(is_row_contiguous ? 1 : t.a_row),
        k_stride_(S.form == a_form::k_contiguous ? 1 : t.a_k) {
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA {
      base_[i] = t.a + static_cast<std::ptrdiff_t>(detail::rows_per_pointer * i) * row_stride_;
      simd::keep_in_register(base_[i]);
    });
  }

  [[nodiscard]] KILN_INLINE simd::pack row(std::size_t i) const {
    if constexpr (is_row_contiguous) {
      return simd::broadcast(base_[0] + i);
    } else {
      const auto inner = static_cast<std::ptrdiff_t>(i % detail::rows_per_pointer) * row_stride_;
      return simd::broadcast(base_[i / detail::rows_per_pointer] + inner);
    }
  }
  KILN_INLINE void advance() {
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { base_[i] += k_stride_; });
  }

 private:
  static constexpr bool is_row_contiguous = S.form == a_form::row_contiguous;
  static constexpr std::size_t pointers =
      is_row_contiguous ? 1 : detail::pointers_for(static_cast<std::size_t>(S.mr));

  const float* base_[pointers];
  std::ptrdiff_t row_stride_;
  std::ptrdiff_t k_stride_;
};

/// The right-hand side's packs of one tile: load(j) is pack j of row k of the panels.
template <micro_shape S>
class b_cursor final {
 public:
  KILN_INLINE explicit b_cursor(const tile_place& t)
      : stride_(t.b_stride),
        next_(t.next) {
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA {
      base_[i] = t.b + detail::rows_per_pointer * i * stride_;
      simd::keep_in_register(base_[i]);
    });
  }

  [[nodiscard]] KILN_INLINE simd::pack load(std::size_t j) const {
    const std::size_t p = j * simd::lanes / panel;
    const std::size_t inner = j * simd::lanes % panel;
    const float* at =
        base_[p / detail::rows_per_pointer] + p % detail::rows_per_pointer * stride_ + inner;
    if constexpr (S.source != b_source::first_cache) {
      if (inner == 0) simd::prefetch(at + detail::rows_ahead(S) * panel);
    }
    return simd::load(at);
  }
  KILN_INLINE void advance() {
    if constexpr (S.source == b_source::memory) {
      __builtin_prefetch(next_, 0, 2);  // into the second cache
      next_ += panel / steps_per_next_row(S);
    }
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { base_[i] += panel; });
  }

 private:
  static constexpr std::size_t width = static_cast<std::size_t>(S.nv) * simd::lanes;
  static constexpr std::size_t pointers = detail::pointers_for((width + panel - 1) / panel);

  const float* base_[pointers];
  std::size_t stride_;
  const float* next_;
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
