// SPDX-License-Identifier: MIT
// The two sides of a matrix product.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// The two sides of a product, [m, k] and [k, n]. Strides count elements and may have any sign.
template <arithmetic X>
struct operands_of final {
  const a_element<X>* a;
  std::ptrdiff_t a_row;
  std::ptrdiff_t a_k;
  const b_element<X>* b;  // packed by pack_b<X>()
  std::size_t m;
  std::size_t n;
  std::size_t k;
  const std::int32_t* compensation = nullptr;  // by compensate(), if the configuration says so
  std::size_t panel_depth = 0;  // k of the panels where these are a slice of longer ones; else 0

  /// Steps of k that lie in a panel of b.
  [[nodiscard]] KILN_INLINE constexpr std::size_t steps_of_panel() const {
    return core::ceil_div(std::max(k, panel_depth), neighbours(X));
  }
};
using operands = operands_of<arithmetic::f32>;

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
