// SPDX-License-Identifier: MIT
// Numbers by which plans choose and kernels compute, stated once so that both agree.
#pragma once

#include <cstdint>

namespace kiln::tensor {

/// What caches exchange, and what scratch is aligned to.
inline constexpr int line_bytes = 64;

/// True if rows or pixels at this distance share one set of the nearest cache.
constexpr bool crowds(std::int64_t bytes) { return bytes % 4096 == 0; }

/// True if the taps of a window's row are one run of k, as their channels follow one another: few
/// channels would make many short runs, each with a rest that fills no step.
constexpr bool merges_taps(std::int64_t channels,
                           std::int64_t taps,
                           std::int64_t dilation,
                           std::int64_t groups) {
  constexpr std::int64_t long_enough = 256;
  return dilation == 1 && taps > 1 && groups == 1 && channels * taps <= long_enough;
}

/// Windows for which depthwise convolutions have tiles: at most so many taps either way, reaching
/// at most so far, in steps of at most so many elements. A tile's code is written out for every
/// element that its windows cover.
inline constexpr int most_depthwise_taps = 7;
inline constexpr int most_depthwise_reach = 16;
inline constexpr int most_depthwise_stride = 4;

/// True for such windows.
template <class Window>
constexpr bool fits_depthwise_tile(const Window& w) {
  return w.taps <= most_depthwise_taps
         && (w.taps - 1) * std::int64_t{w.dilation} <= most_depthwise_reach
         && w.stride <= most_depthwise_stride;
}

/// The share of the second cache that lines of an image may take; the rest is for filters.
constexpr std::int64_t line_share(std::int64_t l2_bytes) { return l2_bytes / 2; }

}  // namespace kiln::tensor
