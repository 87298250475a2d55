// SPDX-License-Identifier: MIT
// The packed form of a product's right-hand side: panels of sixteen columns, each contiguous.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Columns of a panel. The same on every machine, so that packed weights mean the same everywhere.
inline constexpr std::size_t panel = 16;

static_assert(panel % simd::lanes == 0);

/// Floats of a packed [k, n] matrix: the last panel is filled up with zero columns.
constexpr std::size_t packed_elems(std::size_t k, std::size_t n) {
  return (n + panel - 1) / panel * panel * k;
}

namespace detail {

// Rows of b are contiguous: each row of a panel is copied as it lies.
inline void pack_rows(
    const float* b, std::ptrdiff_t k_stride, std::size_t cols, std::size_t k, float* out) {
  for (std::size_t i = 0; i < k; ++i, b += k_stride, out += panel) {
    for (std::size_t j = 0; j < panel; j += simd::lanes) {
      const auto some = simd::mask::first(cols > j ? cols - j : 0);
      simd::store(out + j, simd::load(b + (cols > j ? j : 0), some));
    }
  }
}

// Columns of b are contiguous, or nothing is. Sixteen rows at a time, so that what is read of each
// column and what is written of the panel stay in the nearest cache.
inline void pack_columns(const float* b,
                         std::ptrdiff_t k_stride,
                         std::ptrdiff_t n_stride,
                         std::size_t cols,
                         std::size_t k,
                         float* out) {
  constexpr std::size_t step = 16;
  for (std::size_t i0 = 0; i0 < k; i0 += step) {
    const std::size_t rows = std::min(step, k - i0);
    float* block = out + i0 * panel;
    if (cols < panel) std::memset(block, 0, rows * panel * sizeof(float));
    const float* source = b + static_cast<std::ptrdiff_t>(i0) * k_stride;
    for (std::size_t j = 0; j < cols; ++j, source += n_stride) {
      const float* from = source;
      for (std::size_t i = 0; i < rows; ++i, from += k_stride) block[i * panel + j] = *from;
    }
  }
}

}  // namespace detail

/// Packs b for run(): panel p holds columns [16p, 16p + 16), row after row of sixteen floats,
/// panels k * 16 floats apart. Element (i, j) of b is b[i * k_stride + j * n_stride], strides of
/// any sign.
///
/// @shape   b: [k, n]; out: [packed_elems(k, n)]
/// @cost    4kn bytes read, as many written; fastest where n_stride or k_stride is 1
/// @pre     out does not overlap b; it should be 64-byte aligned
/// @errors  none
inline void pack_b(const float* b,
                   std::ptrdiff_t k_stride,
                   std::ptrdiff_t n_stride,
                   std::size_t k,
                   std::size_t n,
                   float* out) noexcept {
  if (k == 0) return;  // b may be null then
  for (std::size_t j = 0; j < n; j += panel, out += k * panel) {
    const float* columns = b + static_cast<std::ptrdiff_t>(j) * n_stride;
    const std::size_t cols = std::min(panel, n - j);
    if (n_stride == 1) {
      detail::pack_rows(columns, k_stride, cols, k, out);
    } else {
      detail::pack_columns(columns, k_stride, n_stride, cols, k, out);
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
