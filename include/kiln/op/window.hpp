// SPDX-License-Identifier: MIT
// Shape arithmetic of windows that slide over an axis: convolutions and pooling.
#pragma once

#include <kiln/op/operation.hpp>

#include <cstdint>
#include <limits>

namespace kiln::op {

/// A window on one axis: its taps, how far apart they are, its step, and the padding on both ends.
struct window final {
  std::int32_t taps = 1;
  std::int32_t stride = 1;
  std::int32_t dilation = 1;
  std::int32_t before = 0;
  std::int32_t after = 0;

  /// From the first tap to the last.
  [[nodiscard]] constexpr std::int64_t extent() const {
    return std::int64_t{taps - 1} * dilation + 1;
  }
};

/// How many steps a window takes along an axis, or what is wrong with it.
struct window_steps final {
  dim count{};
  mistake what = mistake::none;
};

/// floor((extent + before + after - window) / stride) + 1; a dynamic extent needs a window that
/// keeps it, or divides it by the stride, for every value (as "same" padding does).
///
/// @errors  wrong_size (no taps, or the window is longer than the padded axis), wrong_stride
///          (stride or dilation below 1), wrong_pad (negative, or a whole window of padding),
///          dynamic_extent
constexpr window_steps steps_of(const dim& extent, const window& w) {
  if (w.taps < 1) return {{}, mistake::wrong_size};
  if (w.stride < 1 || w.dilation < 1) return {{}, mistake::wrong_stride};
  const std::int64_t length = w.extent();
  if (w.before < 0 || w.after < 0 || w.before >= length || w.after >= length) {
    return {{}, mistake::wrong_pad};
  }
  const std::int64_t pad = std::int64_t{w.before} + w.after;
  if (extent.is_static()) {
    if (extent.factor + pad < length) return {{}, mistake::wrong_size};
    const std::int64_t count = (extent.factor + pad - length) / w.stride + 1;
    if (count > std::numeric_limits<std::int32_t>::max()) return {{}, mistake::out_of_range};
    return {{static_cast<std::int32_t>(count), extent.symbols}};
  }
  // extent = stride * n: floor((stride * n + pad - length) / stride) + 1 = n for all n when
  // -stride <= pad - length < 0.
  const bool divides = extent.factor % w.stride == 0;
  if (!divides || pad >= length || length - pad > w.stride) return {{}, mistake::dynamic_extent};
  return {{extent.factor / w.stride, extent.symbols}};
}

static_assert(steps_of(dim{8}, {3, 1, 1, 1, 1}).count == dim{8});
static_assert(steps_of(dim{8}, {3, 2, 1, 1, 1}).count == dim{4});
static_assert(steps_of(dim{2}, {3, 1, 1, 0, 0}).what == mistake::wrong_size);

}  // namespace kiln::op
