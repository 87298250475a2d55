// SPDX-License-Identifier: MIT
// One step of a register tile: some packs of a times some packs of b, added to sums that stay where
// they are.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <utility>

namespace kiln::simd {
inline namespace KILN_ISA {

/// sum[i][j] += a[i] * b[j], rounded as fma.
///
/// @cost    Rows * Packs multiply-adds
/// @errors  none
template <std::size_t Rows, std::size_t Packs>
KILN_INLINE void add_outer_product(pack (&sum)[Rows][Packs],
                                   const pack (&a)[Rows],
                                   const pack (&b)[Packs]) {
  [&]<std::size_t... T>(std::index_sequence<T...>) KILN_INLINE_LAMBDA {
    (add_product(sum[T / Packs][T % Packs], a[T / Packs], b[T % Packs]), ...);
  }
  (std::make_index_sequence<Rows * Packs>{});
}

#if KILN_ISA_AVX512
/// The same for the tiles that widen numbers of few bits, one statement each: of many statements in
/// a chain g++ 12 lets some sums end in another register and copies them back.
KILN_INLINE void add_outer_product(pack (&sum)[1][4], const pack (&a)[1], const pack (&b)[4]) {
  asm("vfmadd231ps %5, %4, %0\n\tvfmadd231ps %6, %4, %1\n\t"
      "vfmadd231ps %7, %4, %2\n\tvfmadd231ps %8, %4, %3"
      : "+&v"(sum[0][0].raw), "+&v"(sum[0][1].raw), "+&v"(sum[0][2].raw), "+&v"(sum[0][3].raw)
      : "v"(a[0].raw), "v"(b[0].raw), "v"(b[1].raw), "v"(b[2].raw), "v"(b[3].raw));
}
/// Likewise.
KILN_INLINE void add_outer_product(pack (&sum)[2][2], const pack (&a)[2], const pack (&b)[2]) {
  asm("vfmadd231ps %6, %4, %0\n\tvfmadd231ps %7, %4, %1\n\t"
      "vfmadd231ps %6, %5, %2\n\tvfmadd231ps %7, %5, %3"
      : "+&v"(sum[0][0].raw), "+&v"(sum[0][1].raw), "+&v"(sum[1][0].raw), "+&v"(sum[1][1].raw)
      : "v"(a[0].raw), "v"(a[1].raw), "v"(b[0].raw), "v"(b[1].raw));
}
/// Likewise.
KILN_INLINE void add_outer_product(pack (&sum)[2][4], const pack (&a)[2], const pack (&b)[4]) {
  asm("vfmadd231ps %10, %8, %0\n\tvfmadd231ps %11, %8, %1\n\t"
      "vfmadd231ps %12, %8, %2\n\tvfmadd231ps %13, %8, %3\n\t"
      "vfmadd231ps %10, %9, %4\n\tvfmadd231ps %11, %9, %5\n\t"
      "vfmadd231ps %12, %9, %6\n\tvfmadd231ps %13, %9, %7"
      : "+&v"(sum[0][0].raw),
        "+&v"(sum[0][1].raw),
        "+&v"(sum[0][2].raw),
        "+&v"(sum[0][3].raw),
        "+&v"(sum[1][0].raw),
        "+&v"(sum[1][1].raw),
        "+&v"(sum[1][2].raw),
        "+&v"(sum[1][3].raw)
      : "v"(a[0].raw), "v"(a[1].raw), "v"(b[0].raw), "v"(b[1].raw), "v"(b[2].raw), "v"(b[3].raw));
}
/// Likewise.
KILN_INLINE void add_outer_product(pack (&sum)[3][2], const pack (&a)[3], const pack (&b)[2]) {
  asm("vfmadd231ps %9, %6, %0\n\tvfmadd231ps %10, %6, %1\n\t"
      "vfmadd231ps %9, %7, %2\n\tvfmadd231ps %10, %7, %3\n\t"
      "vfmadd231ps %9, %8, %4\n\tvfmadd231ps %10, %8, %5"
      : "+&v"(sum[0][0].raw),
        "+&v"(sum[0][1].raw),
        "+&v"(sum[1][0].raw),
        "+&v"(sum[1][1].raw),
        "+&v"(sum[2][0].raw),
        "+&v"(sum[2][1].raw)
      : "v"(a[0].raw), "v"(a[1].raw), "v"(a[2].raw), "v"(b[0].raw), "v"(b[1].raw));
}
/// Likewise.
KILN_INLINE void add_outer_product(pack (&sum)[4][2], const pack (&a)[4], const pack (&b)[2]) {
  asm("vfmadd231ps %12, %8, %0\n\tvfmadd231ps %13, %8, %1\n\t"
      "vfmadd231ps %12, %9, %2\n\tvfmadd231ps %13, %9, %3\n\t"
      "vfmadd231ps %12, %10, %4\n\tvfmadd231ps %13, %10, %5\n\t"
      "vfmadd231ps %12, %11, %6\n\tvfmadd231ps %13, %11, %7"
      : "+&v"(sum[0][0].raw),
        "+&v"(sum[0][1].raw),
        "+&v"(sum[1][0].raw),
        "+&v"(sum[1][1].raw),
        "+&v"(sum[2][0].raw),
        "+&v"(sum[2][1].raw),
        "+&v"(sum[3][0].raw),
        "+&v"(sum[3][1].raw)
      : "v"(a[0].raw), "v"(a[1].raw), "v"(a[2].raw), "v"(a[3].raw), "v"(b[0].raw), "v"(b[1].raw));
}
#elif KILN_ISA_AVX2
/// Likewise.
KILN_INLINE void add_outer_product(pack (&sum)[1][2], const pack (&a)[1], const pack (&b)[2]) {
  asm("vfmadd231ps %3, %2, %0\n\tvfmadd231ps %4, %2, %1"
      : "+&x"(sum[0][0].raw), "+&x"(sum[0][1].raw)
      : "x"(a[0].raw), "x"(b[0].raw), "x"(b[1].raw));
}
#endif

}  // namespace KILN_ISA
}  // namespace kiln::simd
