// SPDX-License-Identifier: MIT
// Unrolling by pack expansion: the one form that both compilers keep in registers.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// Calls f(0) ... f(N - 1) in this order, each written out. The index is a constant once f is
/// inlined, so that arrays which only such indices reach become registers; a for-loop would leave
/// them in memory. It is a plain number, not a type: f is compiled once, not N times.
///
/// @cost    none: f must be an always_inline lambda
/// @errors  none
template <std::size_t N, class Body>
KILN_INLINE void each(Body f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA { (f(I), ...); }
  (std::make_index_sequence<N>{});
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
