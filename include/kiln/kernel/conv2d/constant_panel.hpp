// SPDX-License-Identifier: MIT
// packed.hpp's panels of filters, made in constant expressions.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/gemm/constant_panel.hpp>

#include <algorithm>
#include <cstddef>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// Which filters a panel holds.
struct panel_filters final {
  std::size_t first;
  std::size_t count;
};

/// The filters of panel p: every group has panels of its own.
constexpr panel_filters filters_in(const sizes& s, std::size_t p) {
  const auto each = static_cast<std::size_t>(s.f / s.groups);
  const std::size_t panels = core::ceil_div(each, gemm::panel);
  const std::size_t inside = p % panels * gemm::panel;
  return {p / panels * each + inside, std::min(gemm::panel, each - inside)};
}

/// Panel p of what pack_filters() writes, but in a constant expression. `out` is zero before.
///
/// @shape  w: [r, s, c / groups, f]; out: panel_bytes(X, s)
/// @cost   one step of a constant expression a weight, and ten for sixteen
/// @errors none
template <gemm::arithmetic X, spacing Spacing>
constexpr void make_panel(const filters<gemm::b_element<X>, Spacing>& w,
                          const sizes& s,
                          std::size_t p,
                          gemm::b_element<X>* out) {
  const tap_runs runs = runs_of(s);
  const panel_filters some = filters_in(s, p);
  const auto begin = static_cast<std::ptrdiff_t>(some.first) * w.output;
  const auto put = [&](const tap_at& t, std::size_t i) {
    const std::ptrdiff_t from = begin + t.row * w.row + t.pixel * w.pixel + t.channel * w.channel;
    gemm::put_in_panel<gemm::neighbours(X)>(w.data, from, w.output, some.count, i, out);
  };
  const auto lines = static_cast<std::size_t>(s.stack.lines != 0 ? s.stack.lines : 1);
  std::size_t i = 0;
  for (std::size_t r = 0; r < runs.rows; ++r) {
    const auto row = static_cast<std::ptrdiff_t>(r * lines);
    for (std::size_t t = 0; t < runs.cols; ++t) {
      for (std::size_t e = 0; e < runs.elems; ++e, ++i) {
        const auto k = static_cast<std::ptrdiff_t>(e);
        const tap_at tap =
            merges_taps(s) ? merged_tap(s, row, k) : tap_at{row, static_cast<std::ptrdiff_t>(t), k};
        if (tap.channel >= 0) put(tap, i);
      }
      i = core::round_up(i, gemm::neighbours(X));
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
