// SPDX-License-Identifier: MIT
// Copies of weights that packing cannot read where they lie: misaligned, with gaps between rows, or
// in half precision.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/runtime/match.hpp>
#include <kiln/tensor/buffer.hpp>

#include <cstdint>
#include <cstring>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// True if weights of element type `from` are widened to `to`: half precision to f32, which is
/// exact. Narrowing, and whatever else rounds, is the caller's to decide.
constexpr bool widens(tensor::dtype from, tensor::dtype to) {
  return to == tensor::dtype::f32 && (from == tensor::dtype::bf16 || from == tensor::dtype::f16);
}

/// True if a weight has to be copied before it is packed.
inline bool needs_staging(const contract& c, const tensor::memory& m, const matched& size) {
  return m.element != c.type.element || (size.rows > 1 && size.row_stride != size.cols)
         || reinterpret_cast<std::uintptr_t>(m.data) % size_of(m.element) != 0;
}

namespace detail {

template <class Half>
void widen_row(const char* from, float* to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    Half stored;
    std::memcpy(&stored, from + static_cast<std::size_t>(i) * sizeof(Half), sizeof(Half));
    to[i] = core::to_float(stored);
  }
}

}  // namespace detail

/// Copies rows without gaps to `to`, widened where c asks for it.
///
/// @pre     `to` is aligned for the elements of c and holds rows * cols of them
/// @errors  none
inline void stage(const contract& c, const tensor::memory& m, const matched& size, char* to) {
  const auto cols = static_cast<std::size_t>(size.cols);
  const std::size_t from_row = static_cast<std::size_t>(size.row_stride) * size_of(m.element);
  const std::size_t to_row = cols * size_of(c.type.element);
  const char* from = static_cast<const char*>(m.data);
  for (std::int64_t i = 0; i < size.rows; ++i, from += from_row, to += to_row) {
    if (m.element == c.type.element) {
      std::memcpy(to, from, to_row);
    } else if (m.element == tensor::dtype::bf16) {
      detail::widen_row<core::bf16>(from, reinterpret_cast<float*>(to), size.cols);
    } else {
      detail::widen_row<core::f16>(from, reinterpret_cast<float*>(to), size.cols);
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
