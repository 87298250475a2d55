// SPDX-License-Identifier: MIT
// The packed form of a product's right-hand side: panels of sixteen columns, each contiguous, in
// which the neighbours along k that one step takes lie side by side.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/transpose.hpp>
#include <kiln/simd/interleave.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Columns of a panel. The same on every machine, so that packed weights mean the same everywhere.
inline constexpr std::size_t panel = 16;

static_assert(panel % simd::lanes == 0);

/// Bytes of what one step of k takes from a panel: 16 columns of neighbours.
constexpr std::size_t panel_row_bytes(arithmetic x) {
  return panel * neighbours(x) * b_elem_bytes(x);
}

/// Elements of a packed [k, n] matrix: the last panel is filled up with zero columns, and its last
/// row with zeros where k lacks neighbours.
constexpr std::size_t packed_elems(arithmetic x, std::size_t k, std::size_t n) {
  return core::round_up(n, panel) * core::round_up(k, neighbours(x));
}
constexpr std::size_t packed_elems(std::size_t k, std::size_t n) {
  return packed_elems(arithmetic::f32, k, n);
}

/// Bytes of a packed [k, n] matrix; if compensated, with the 32-bit sums that follow the panels.
constexpr std::size_t packed_bytes(arithmetic x,
                                   std::size_t k,
                                   std::size_t n,
                                   bool compensated = false) {
  const std::size_t sums = compensated ? core::round_up(n, panel) * sizeof(std::int32_t) : 0;
  return packed_elems(x, k, n) * b_elem_bytes(x) + sums;
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

// Nothing of b is contiguous. Sixteen rows at a time, so that what is read of each
// column and what is written of the panel stay in the nearest cache.
template <std::size_t Neighbours, class Element>
void pack_columns(const Element* b,
                  std::ptrdiff_t k_stride,
                  std::ptrdiff_t n_stride,
                  std::size_t cols,
                  std::size_t k,
                  Element* out) {
  constexpr std::size_t step = 16;
  for (std::size_t i0 = 0; i0 < k; i0 += step) {
    const std::size_t rows = std::min(step, k - i0);
    Element* block = out + i0 * panel;
    if (cols < panel || rows < step) {
      std::memset(block, 0, core::round_up(rows, Neighbours) * panel * sizeof(Element));
    }
    const Element* source = b + static_cast<std::ptrdiff_t>(i0) * k_stride;
    for (std::size_t j = 0; j < cols; ++j, source += n_stride) {
      const Element* from = source;
      Element* to = block + j * Neighbours;
      for (std::size_t i = 0; i < rows; ++i, from += k_stride) {
        to[i / Neighbours * Neighbours * panel + i % Neighbours] = *from;
      }
    }
  }
}

// Rows of b are contiguous: neighbouring ones are laid side by side.
template <std::size_t Neighbours, class Element>
void interleave_rows(
    const Element* b, std::ptrdiff_t k_stride, std::size_t cols, std::size_t k, Element* out) {
  constexpr auto elem = static_cast<std::ptrdiff_t>(sizeof(Element));
  const auto lay_out = [&](const Element* rows, std::ptrdiff_t row) {
    const auto* from = reinterpret_cast<const std::byte*>(rows);
    auto* to = reinterpret_cast<std::byte*>(out);
    if constexpr (Neighbours == 1) {
      std::memcpy(to, from, panel * sizeof(Element));
    } else {
      simd::interleave_words<Neighbours>(from, row * elem, to);
    }
  };
  for (std::size_t i = 0; i < k; i += Neighbours, out += Neighbours * panel) {
    const std::size_t rows = std::min(Neighbours, k - i);
    if (cols == panel && rows == Neighbours) {
      lay_out(b, k_stride);
      b += static_cast<std::ptrdiff_t>(Neighbours) * k_stride;
    } else {
      Element part[Neighbours * panel] = {};
      for (std::size_t q = 0; q < rows; ++q, b += k_stride) {
        std::memcpy(part + q * panel, b, cols * sizeof(Element));
      }
      lay_out(part, static_cast<std::ptrdiff_t>(panel));
    }
  }
}

template <arithmetic X>
void pack_panel(const b_element<X>* b,
                std::ptrdiff_t k_stride,
                std::ptrdiff_t n_stride,
                std::size_t cols,
                std::size_t k,
                b_element<X>* out) {
  if constexpr (X == arithmetic::f32) {
    if (n_stride == 1) return pack_rows(b, k_stride, cols, k, out);
  } else if (n_stride == 1) {
    return interleave_rows<neighbours(X)>(b, k_stride, cols, k, out);
  }
  // Columns that are arrays of words, each what one step takes.
  if constexpr (neighbours(X) * sizeof(b_element<X>) == 4) {
    if (k_stride == 1) {
      constexpr auto elem = static_cast<std::ptrdiff_t>(sizeof(b_element<X>));
      return columns_to_rows(reinterpret_cast<const std::byte*>(b),
                             n_stride * elem,
                             cols,
                             k * sizeof(b_element<X>),
                             reinterpret_cast<std::byte*>(out));
    }
  }
  pack_columns<neighbours(X)>(b, k_stride, n_stride, cols, k, out);
}

// -128 times the sum of each column of a packed panel; wraps around, as sums of products do.
template <arithmetic X>
void compensate_panel(const std::int8_t* b, std::size_t k, std::int32_t* out) {
  constexpr std::size_t step = neighbours(X);
  std::uint32_t sums[panel] = {};
  for (std::size_t i = 0; i < k; i += step, b += step * panel) {
    for (std::size_t j = 0; j < step * panel; ++j)
      sums[j / step] += static_cast<std::uint32_t>(b[j]);
  }
  for (std::size_t j = 0; j < panel; ++j) out[j] = static_cast<std::int32_t>(0U - 128U * sums[j]);
}

}  // namespace detail

/// Packs b for run(): panel p holds columns [16p, 16p + 16), step after step of k; of each column a
/// step holds the neighbours that it takes, side by side. Element (i, j) of b is
/// b[i * k_stride + j * n_stride], strides of any sign.
///
/// @shape   b: [k, n]; out: [packed_elems(X, k, n)]
/// @cost    kn elements read, as many written; fastest where n_stride or k_stride is 1
/// @pre     out does not overlap b; it should be 64-byte aligned
/// @errors  none
template <arithmetic X = arithmetic::f32>
void pack_b(const b_element<X>* b,
            std::ptrdiff_t k_stride,
            std::ptrdiff_t n_stride,
            std::size_t k,
            std::size_t n,
            b_element<X>* out) noexcept {
  if (k == 0) return;  // b may be null then
  const std::size_t depth = core::round_up(k, neighbours(X));
  for (std::size_t j = 0; j < n; j += panel, out += depth * panel) {
    const b_element<X>* columns = b + static_cast<std::ptrdiff_t>(j) * n_stride;
    detail::pack_panel<X>(columns, k_stride, n_stride, std::min(panel, n - j), k, out);
  }
}

/// What a row of sums needs where 128 was added to every element of its a: -128 times the sum of
/// each column of b. Works on packed panels, as they are behind pack_b().
///
/// @shape   packed: [packed_elems(X, k, n)]; out: [n, filled up to whole panels]
/// @cost    kn bytes read
/// @errors  none
/// @accuracy  exact; wraps around as the sums do
template <arithmetic X>
void compensate(const std::int8_t* packed,
                std::size_t k,
                std::size_t n,
                std::int32_t* out) noexcept {
  static_assert(sums_integers(X));
  const std::size_t depth = core::round_up(k, neighbours(X));
  for (std::size_t j = 0; j < n; j += panel, packed += depth * panel) {
    detail::compensate_panel<X>(packed, k, out + j);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
