// SPDX-License-Identifier: MIT
// Filters packed once for many convolutions: panels of sixteen, each with all its taps in order.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/tensor/limits.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// How a convolution is a product: its k is `rows` times `cols` runs of `elems` neighbouring
/// elements of the image.
struct tap_runs final {
  std::size_t rows;
  std::size_t cols;
  std::size_t elems;

  /// Steps of the register tile along k.
  [[nodiscard]] constexpr std::size_t steps(gemm::arithmetic numbers) const {
    return rows * cols * core::ceil_div(elems, gemm::neighbours(numbers));
  }
};

/// True if the taps of a row are one run, as their channels follow one another.
constexpr bool merges_taps(const sizes& s) {
  return tensor::merges_taps(s.c, s.across.taps, s.across.dilation, s.groups);
}

/// The runs of a convolution.
constexpr tap_runs runs_of(const sizes& s) {
  if (s.stack.lines != 0) {
    return {.rows = static_cast<std::size_t>(s.stack.rows(s.down.taps)),
            .cols = 1,
            .elems = static_cast<std::size_t>(s.stack.run)};
  }
  const bool merged = merges_taps(s);
  return {.rows = static_cast<std::size_t>(s.down.taps),
          .cols = static_cast<std::size_t>(merged ? 1 : s.across.taps),
          .elems = static_cast<std::size_t>(merged ? s.c * s.across.taps : s.c / s.groups)};
}

/// Bytes of a panel, of the panels of all groups, and of the sums that follow those if compensated.
constexpr std::size_t panel_bytes(gemm::arithmetic numbers, const sizes& s) {
  return runs_of(s).steps(numbers) * gemm::panel_row_bytes(numbers);
}
constexpr std::size_t panels_bytes(gemm::arithmetic numbers, const sizes& s) {
  const auto filters = static_cast<std::size_t>(s.f / s.groups);
  return static_cast<std::size_t>(s.groups) * core::ceil_div(filters, gemm::panel)
         * panel_bytes(numbers, s);
}
constexpr std::size_t packed_bytes(gemm::arithmetic numbers,
                                   const sizes& s,
                                   bool compensated = false) {
  // A group's last panel is written whole, over what follows.
  const auto filters = static_cast<std::size_t>(s.f);
  const std::size_t sums = (core::round_up(filters, gemm::panel) + gemm::panel) * 4;
  return panels_bytes(numbers, s) + (compensated ? sums : 0);
}

/// The weight with which element `k` of a run is multiplied, one of those of its first row: none
/// (channel < 0) where the run is filled up.
struct tap_at final {
  std::ptrdiff_t row;
  std::ptrdiff_t pixel;
  std::ptrdiff_t channel;
};
constexpr tap_at merged_tap(const sizes& s, std::ptrdiff_t first_row, std::ptrdiff_t k) {
  const std::ptrdiff_t pixel = s.stack.lines != 0 ? s.stack.pixel : s.c;
  const std::ptrdiff_t inside = k % pixel;
  const tap_at tap{first_row + inside / s.c, k / pixel, inside % s.c};
  const std::ptrdiff_t behind = s.stack.lines != 0 ? s.stack.lines * s.c : s.c;
  const bool exists = tap.row < s.down.taps && tap.pixel < s.across.taps && inside < behind;
  return exists ? tap : tap_at{0, 0, -1};
}

namespace detail {

// One run of up to sixteen filters whose taps lie anywhere: element after element.
template <gemm::arithmetic X, class Filters>
void pack_merged_run(const Filters& w,
                     const gemm::b_element<X>* from,
                     const sizes& s,
                     std::size_t row,
                     std::size_t cols,
                     gemm::b_element<X>* out) {
  constexpr std::size_t together = gemm::neighbours(X);
  const std::size_t elems = runs_of(s).elems;
  const std::size_t lines = s.stack.lines != 0 ? static_cast<std::size_t>(s.stack.lines) : 1;
  std::fill_n(out, core::round_up(elems, together) * gemm::panel, gemm::b_element<X>{});
  for (std::size_t k = 0; k < elems; ++k) {
    const tap_at tap =
        merged_tap(s, static_cast<std::ptrdiff_t>(row * lines), static_cast<std::ptrdiff_t>(k));
    if (tap.channel < 0) continue;
    const auto* at = from + tap.row * w.row + tap.pixel * w.pixel + tap.channel * w.channel;
    auto* to = out + k / together * together * gemm::panel + k % together;
    for (std::size_t j = 0; j < cols; ++j, at += w.output) to[j * together] = *at;
  }
}

// The runs of up to sixteen filters; where the next panel goes.
template <gemm::arithmetic X, class Filters>
gemm::b_element<X>* pack_panel(const Filters& w,
                               const gemm::b_element<X>* from,
                               const sizes& s,
                               std::size_t cols,
                               gemm::b_element<X>* out) {
  const tap_runs runs = runs_of(s);
  const std::size_t run = core::round_up(runs.elems, gemm::neighbours(X)) * gemm::panel;
  for (std::size_t r = 0; r < runs.rows; ++r) {
    const auto* at = from + static_cast<std::ptrdiff_t>(r) * w.row;
    for (std::size_t t = 0; t < runs.cols; ++t, at += w.pixel, out += run) {
      if (merges_taps(s)) {
        pack_merged_run<X>(w, from, s, r, cols, out);
      } else {
        gemm::pack_b<X>(at, w.channel, w.output, runs.elems, cols, out);
      }
    }
  }
  return out;
}

}  // namespace detail

/// Packs filters for convolve(): group after group, panel after panel of sixteen filters, each with
/// its taps in the order (row, pixel, channel); of each filter a step of k holds the neighbours
/// that it takes, side by side. If compensated, with -128 times the sum of each filter behind it.
///
/// @shape   w: [r, s, c / groups, f]; out: [packed_bytes(X, s, compensated)]
/// @cost    reads and writes every weight once
/// @pre     out does not overlap w; it should be 64-byte aligned
/// @errors  none
template <gemm::arithmetic X, spacing Spacing>
void pack_filters(const filters<gemm::b_element<X>, Spacing>& w,
                  const sizes& s,
                  std::byte* out,
                  bool compensated = false) noexcept {
  const auto per_group = static_cast<std::size_t>(s.f / s.groups);
  auto* to = reinterpret_cast<gemm::b_element<X>*>(out);
  auto* sums = reinterpret_cast<std::int32_t*>(out + panels_bytes(X, s));
  for (std::ptrdiff_t g = 0; g < s.groups; ++g, sums += per_group) {
    const auto* group = w.data + g * static_cast<std::ptrdiff_t>(per_group) * w.output;
    const auto* panels = to;
    for (std::size_t f = 0; f < per_group; f += gemm::panel) {
      const auto* first = group + static_cast<std::ptrdiff_t>(f) * w.output;
      to = detail::pack_panel<X>(w, first, s, std::min(gemm::panel, per_group - f), to);
    }
    if constexpr (gemm::sums_integers(X)) {
      const std::size_t k = runs_of(s).steps(X) * gemm::neighbours(X);
      if (compensated) gemm::compensate<X>(panels, k, per_group, sums);
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
