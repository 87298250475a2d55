// SPDX-License-Identifier: MIT
// How a register tile walks along k over both operands with few address registers.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// The two outer dimensions of k where it has three, as in a convolution: `rows` times `cols` runs,
/// which follow one another in the panels and lie so many bytes apart in a.
struct tap_walk final {
  std::size_t rows = 1;
  std::size_t cols = 1;
  std::ptrdiff_t row_bytes = 0;  // from a run to the one in the next row
  std::ptrdiff_t col_bytes = 0;  // from a run to the next one in its row
};

/// Where a register tile stands. Distances count bytes.
struct tile_place final {
  const std::byte* a;  // element (row, 0)
  std::ptrdiff_t a_row;
  std::ptrdiff_t a_k;
  const std::byte* b;     // packed, at the tile's first column
  std::size_t b_stride;   // from one panel to the next
  const std::byte* next;  // what the second cache may fetch meanwhile: the next column block
  std::size_t k;          // elements of one run
  std::size_t row;        // what the epilogue is told of the first row
  std::size_t col;
  // Tiles of several lines only: from one line to the next in a, and in what the epilogue is told.
  std::ptrdiff_t a_line = 0;
  std::size_t row_line = 0;
  tap_walk taps = {};  // shapes with taps only
};

/// The part of a configuration that one register tile's code depends on.
struct micro_shape final {
  int mr;
  int nv;
  a_form form;
  b_source source;
  int chains = 1;  // partial sums of an element: step k goes to chain k % chains
  arithmetic numbers = arithmetic::f32;
  int depth_tail = 0;  // 1 if the last step of a run may lack neighbours
  int line = 0;        // rows that lie a_row apart; behind them a line ends. 0: all of them
  int taps = 0;        // 1 if k has three dimensions
};

/// Partial sums of an element in a block of `packs` packs. A product of single rows has few
/// accumulators, and each would wait for itself: a multiply-add takes about four cycles and two
/// start in each. Several chains an element fill the gap. Not where a single row is only the rest
/// of many: it must have the bits that it would have among the others.
constexpr int chains_of(const config& c, int packs) {
  if (c.block.mr != 1 || packs > 4) return 1;
  return packs > 2 ? 2 : packs == 2 ? 4 : 8;
}

/// From where a tile of `rows` rows takes b. A single row passes over b as fast as it comes: within
/// the second cache hardware prefetches a plain stream better than instructions do.
constexpr b_source source_of(const config& c, int rows) {
  if (rows > 1) return c.source;
  return c.source == b_source::memory ? b_source::second_cache : b_source::first_cache;
}

/// The shape of a tile of `rows` rows and `packs` packs under a configuration.
constexpr micro_shape shape_of(const config& c, int rows, int packs) {
  return {.mr = rows,
          .nv = packs,
          .form = c.form,
          .source = source_of(c, rows),
          .chains = chains_of(c, packs),
          .numbers = c.numbers,
          .depth_tail = c.depth_tail};
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
// gap that hardware prefetchers leave at the end of each 4 KiB page. A single row waits for memory
// anyway: what is asked for too early is gone when its turn comes.
constexpr std::size_t rows_ahead(const micro_shape& s) {
  if (s.mr == 1) return 16;
  return is_large(s) ? 32 : 64;
}

}  // namespace detail

/// In how many steps of k a tile asks the second cache for one row of the next panels. One in about
/// 25 cycles: more lines under way than a core can wait for would delay its own loads.
constexpr std::size_t steps_per_next_row(const micro_shape& s) {
  return detail::is_large(s) ? 2 : 4;
}

/// The left-hand side's rows of one tile: at(i) is where row i has its next neighbours.
template <micro_shape S>
class a_cursor final {
 public:
  KILN_INLINE explicit a_cursor(const tile_place& t)
      : row_stride_(is_row_contiguous ? elem : t.a_row),
        k_stride_(S.form == a_form::k_contiguous ? step_bytes : t.a_k) {
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA {
      const std::size_t row = i % per_line * detail::rows_per_pointer;
      base_[i] = t.a + static_cast<std::ptrdiff_t>(row) * row_stride_;
      if constexpr (lines > 1) base_[i] += static_cast<std::ptrdiff_t>(i / per_line) * t.a_line;
      simd::keep_in_register(base_[i]);
    });
  }

  [[nodiscard]] KILN_INLINE const std::byte* at(std::size_t i) const {
    if constexpr (is_row_contiguous) {
      return base_[0] + i * elem;
    } else {
      const std::size_t in_line = i % line;
      const auto inner = static_cast<std::ptrdiff_t>(in_line % detail::rows_per_pointer);
      return base_[i / line * per_line + in_line / detail::rows_per_pointer] + inner * row_stride_;
    }
  }
  /// One step of k.
  KILN_INLINE void advance() { skip(k_stride_); }
  /// So many bytes.
  KILN_INLINE void skip(std::ptrdiff_t bytes) {
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { base_[i] += bytes; });
  }

  /// What a step of k of contiguous neighbours takes.
  static constexpr std::ptrdiff_t step_bytes =
      static_cast<std::ptrdiff_t>(neighbours(S.numbers) * a_elem_bytes(S.numbers));

 private:
  static constexpr auto elem = static_cast<std::ptrdiff_t>(a_elem_bytes(S.numbers));
  static constexpr bool is_row_contiguous = S.form == a_form::row_contiguous;
  static constexpr auto rows = static_cast<std::size_t>(S.mr);
  static constexpr std::size_t line = S.line == 0 ? rows : static_cast<std::size_t>(S.line);
  static constexpr std::size_t lines = (rows + line - 1) / line;
  static constexpr std::size_t per_line = detail::pointers_for(line);
  static constexpr std::size_t pointers = is_row_contiguous ? 1 : lines * per_line;
  static_assert(neighbours(S.numbers) == 1 || S.form == a_form::k_contiguous);
  static_assert(lines == 1 || !is_row_contiguous);

  const std::byte* base_[pointers];
  std::ptrdiff_t row_stride_;
  std::ptrdiff_t k_stride_;
};

/// The right-hand side's packs of one tile: at(j) is where pack j has its next row of the panels.
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

  [[nodiscard]] KILN_INLINE const std::byte* at(std::size_t j) const {
    const std::size_t p = j / in_panel;
    const std::size_t inner = j % in_panel * pack_bytes;
    return base_[p / detail::rows_per_pointer] + p % detail::rows_per_pointer * stride_ + inner;
  }
  /// Asks for what at() will give in some steps.
  KILN_INLINE void prefetch() const {
    if constexpr (S.source != b_source::first_cache) {
      each<panels>([&](std::size_t p) KILN_INLINE_LAMBDA {
        simd::prefetch(at(p * in_panel) + detail::rows_ahead(S) * row_bytes);
      });
    }
  }
  KILN_INLINE void advance() {
    if constexpr (S.source == b_source::memory) {
      __builtin_prefetch(next_, 0, 2);  // into the second cache
      next_ += row_bytes / steps_per_next_row(S);
    }
    each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { base_[i] += row_bytes; });
  }

 private:
  static constexpr std::size_t row_bytes = panel_row_bytes(S.numbers);
  static constexpr std::size_t in_panel = panel / simd::lanes;
  static constexpr std::size_t pack_bytes = row_bytes / in_panel;
  static constexpr std::size_t panels = (static_cast<std::size_t>(S.nv) + in_panel - 1) / in_panel;
  static constexpr std::size_t pointers = detail::pointers_for(panels);

  const std::byte* base_[pointers];
  std::size_t stride_;
  const std::byte* next_;
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
