// SPDX-License-Identifier: MIT
// pack.hpp's panels, made in constant expressions.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/pack.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Lays element i of the panel's k out, for up to sixteen columns: that of column j comes from
/// b[from + j * n_stride]. What is not laid out is zero already; a step of k takes so many
/// neighbours, as neighbours() says of a product's numbers.
///
/// @shape  out: a panel
/// @cost   one step of a constant expression a column, and four
/// @errors none
template <std::size_t Neighbours, class Element>
constexpr void put_in_panel(const Element* b,
                            std::ptrdiff_t from,
                            std::ptrdiff_t n_stride,
                            std::size_t cols,
                            std::size_t i,
                            Element* out) {
  const std::size_t to = i / Neighbours * Neighbours * panel + i % Neighbours;
  for (std::size_t j = 0; j < cols; ++j) {
    out[to + j * Neighbours] = b[from + static_cast<std::ptrdiff_t>(j) * n_stride];
  }
}

/// compensate() for one panel of so many elements.
///
/// @shape  b: a panel; out: [16], zero before
/// @cost   one step of a constant expression an element
/// @errors none
constexpr void compensate_panel(const std::int8_t* b, std::size_t elems, std::int32_t* out) {
  constexpr std::size_t step = neighbours(arithmetic::s8s8);
  for (std::size_t i = 0; i < elems; i += step * panel) {
    for (std::size_t j = 0; j < step * panel; ++j) out[j / step] -= 128 * b[i + j];
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
