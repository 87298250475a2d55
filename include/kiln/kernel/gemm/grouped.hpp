// SPDX-License-Identifier: MIT
// Products of floats by numbers of 4 or 8 bits with a scale, and perhaps a zero point, for every
// group of neighbours along k.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/buffered.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/grouped_operands.hpp>
#include <kiln/kernel/gemm/grouped_rows.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

namespace detail {

// Steps of k that are widened at a time: their panels stay in the nearest cache, and starting and
// ending tiles is little work beside them.
inline constexpr std::size_t widened_depth = 256;
// Rows that share them.
inline constexpr std::size_t widened_rows = 128;

inline constexpr std::size_t panel_packs = panel / simd::lanes;
// Panels that are widened at a time.
inline constexpr std::size_t widened_panels = simd::lanes < panel ? 1 : 2;

// The register tiles that read them.
constexpr micro_shape widened_shape(std::size_t panels) {
  return {.mr = simd::lanes < panel ? tensor::tallest_tile(core::native).mr : 8,
          .nv = static_cast<int>(panels * panel_packs),
          .form = a_form::k_contiguous,
          .source = b_source::first_cache};
}

// Rows [k, k + depth) of one panel as floats.
template <grouped_form F>
[[gnu::noinline]] void widen_panel(const grouped_operands& x,
                                   std::size_t col,
                                   std::size_t k,
                                   std::size_t depth,
                                   float* out) noexcept {
  using columns = grouped_columns<F>;
  constexpr std::size_t together = columns::together;
  columns at[panel_packs];
  each<panel_packs>([&](std::size_t j)
                        KILN_INLINE_LAMBDA { at[j] = columns(x, col + j * simd::lanes); });
  std::size_t w = k / together;
  for (const std::size_t end = (k + depth) / together; w < end;) {
    const std::size_t g = w * together / x.group;
    const std::size_t stop = std::min(end, (g + 1) * x.group / together);
    simd::pack zero[panel_packs], scale[panel_packs];
    each<panel_packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
      zero[j] = at[j].zero_of(g);
      scale[j] = at[j].scale_of(g);
    });
    for (; w < stop; ++w, out += together * panel) {
      each<panel_packs>([&](std::size_t j) KILN_INLINE_LAMBDA {
        const simd::int_pack word = at[j].word(w);
        simd::prefetch(at[j].words + (w + word_rows_ahead) * columns::row_bytes);
        [&]<int... Part>(std::integer_sequence<int, Part...>) KILN_INLINE_LAMBDA {
          (simd::store(out + Part * panel + j * simd::lanes,
                       columns::template number<Part>(word, zero[j]) * scale[j]),
           ...);
        }
        (std::make_integer_sequence<int, static_cast<int>(together)>{});
      });
    }
  }
}

// Calls f(row, column of the buffer, lanes) for all packs of a block that has some columns.
template <std::size_t Width, class F>
KILN_INLINE void each_pack(std::size_t rows, std::size_t cols, const F& f) {
  const auto column = [&](std::size_t j, auto m) KILN_INLINE_LAMBDA {
    for (std::size_t i = 0; i < rows; ++i) f(i, j, m);
  };
  std::size_t j = 0;
  for (; j < Width && j + simd::lanes <= cols; j += simd::lanes) column(j, simd::all_lanes{});
  if (j < Width && j < cols) column(j, simd::mask::first(cols - j));
}

// Some rows times `Panels` panels.
template <grouped_form F, std::size_t Panels, class Epilogue>
[[gnu::noinline]] void widened_block(const grouped_operands& x,
                                     std::size_t row,
                                     std::size_t rows,
                                     std::size_t col,
                                     const Epilogue& ep) noexcept {
  constexpr std::size_t width = Panels * panel;
  alignas(64) float widened[Panels * widened_depth * panel];
  alignas(64) float sums[widened_rows * width];
  std::fill_n(sums, rows * width, 0.0F);  // columns that do not exist are summed up, too
  const std::size_t cols = std::min(width, x.n - col);
  each_pack<width>(rows, cols, [&](std::size_t i, std::size_t j, auto m) KILN_INLINE_LAMBDA {
    simd::store(sums + i * width + j, ep.start(ep.columns(col + j, m), row + i, col + j, m));
  });
  const float* a = x.a + static_cast<std::ptrdiff_t>(row) * x.a_row;
  for (std::size_t k = 0; k < x.k; k += widened_depth) {
    const std::size_t depth = std::min(widened_depth, x.k - k);
    for (std::size_t p = 0; p < Panels; ++p) {
      widen_panel<F>(x, col + p * panel, k, depth, widened + p * depth * panel);
    }
    const auto* b = reinterpret_cast<const std::byte*>(widened);
    add_to_buffer<widened_shape(Panels)>({.a = reinterpret_cast<const std::byte*>(a + k),
                                          .a_row = x.a_row * std::ptrdiff_t{sizeof(float)},
                                          .a_k = sizeof(float),
                                          .b = b,
                                          .b_stride = depth * panel * sizeof(float),
                                          .next = b,
                                          .k = depth,
                                          .row = 0,
                                          .col = 0},
                                         static_cast<int>(rows),
                                         sums);
  }
  each_pack<width>(rows, cols, [&](std::size_t i, std::size_t j, auto m) KILN_INLINE_LAMBDA {
    auto state = ep.columns(col + j, m);
    ep.finish(state, row + i, col + j, simd::load(sums + i * width + j), m);
  });
}

template <grouped_form F, class Epilogue>
KILN_INLINE void all_widened(const grouped_operands& x, const Epilogue& ep) {
  constexpr std::size_t width = widened_panels * panel;
  const tensor::row_split split(static_cast<int>(x.m), static_cast<int>(widened_rows));
  for (int i = 0; i < split.tiles; ++i) {
    const auto row = static_cast<std::size_t>(split.begin(i));
    const auto rows = static_cast<std::size_t>(split.height(i));
    std::size_t col = 0;
    for (; col + width - panel < x.n; col += width) {
      widened_block<F, widened_panels>(x, row, rows, col, ep);
    }
    if constexpr (widened_panels > 1) {
      if (col < x.n) widened_block<F, 1>(x, row, rows, col, ep);
    }
  }
}

}  // namespace detail

/// Stack of run_grouped(): widened weights and the sums of a block of rows.
inline constexpr std::size_t grouped_stack_bytes =
    (detail::widened_depth + detail::widened_rows) * detail::widened_panels * panel * sizeof(float);

/// The product a b, element by element through the epilogue: start(), the sum over k, finish(). Few
/// rows widen b in registers. More rows share what a part of b is as floats, in nearest cache.
///
/// @shape     a: [m, k], rows contiguous; b: [k, n] packed; the epilogue sees [m, n]
/// @cost      2mnk flop; b read once for every 128 rows
/// @pre       C = configure(f32, ...) of these extents; x.group divides k and is made of whole
///            words; 0 < k
/// @errors    none
/// @accuracy  |error| <= (k + 3) eps sum |a b|; the same bits for a row wherever it stands
template <config C, grouped_form F, epilogue<simd::pack> Epilogue>
void run_grouped(const grouped_operands& x, const Epilogue& ep) noexcept {
  static_assert(C.numbers == arithmetic::f32 && F.bits != 0);
  if (x.m == 0 || x.n == 0) return;
  if constexpr (C.block.mr <= most_grouped_rows && core::native.lanes >= 8) {
    run_grouped_rows<C, F>(x, ep);
  } else {
    detail::all_widened<F>(x, ep);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
