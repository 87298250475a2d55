// SPDX-License-Identifier: MIT
// What of a product is known when its code is made: tile, form of a, which tails occur.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <cstdint>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// How the left-hand side lies in memory.
enum class a_form : int {
  k_contiguous,    // a_k == 1: a row is an array
  row_contiguous,  // a_row == 1: transposed
  strided,         // anything
};

/// From where the packed right-hand side comes, as far as its size tells: what lies farther away is
/// asked for earlier.
enum class b_source : int { first_cache, second_cache, memory };

/// Which code a product needs. Equal configurations share their code, so it says nothing of sizes
/// beyond what tells one piece of code from another.
struct config final {
  tensor::tile block{};
  a_form form = a_form::k_contiguous;
  int full_columns = 1;  // 1 if a column block without tail occurs
  int tail_packs = 0;    // packs of the last, smaller or masked column block; any_tail: not known
  int tail_masked = 0;   // 1 if its last pack is cut
  int rows_high = 0;     // the one or two heights of row tiles; 0: the rows are not known
  int rows_low = 0;      // 0 if all tiles are rows_high high
  b_source source = b_source::memory;
  int depth_blocks = 0;  // 1 if k is cut where the epilogue can keep partial sums

  friend constexpr bool operator==(const config&, const config&) = default;
};

/// The longest k that is taken in one go where it may be cut.
inline constexpr int longest_depth = 1024;

/// In config::tail_packs: the number of columns is not known.
inline constexpr int any_tail = -1;

/// True if column blocks of such tiles begin where packs lie in packed panels.
constexpr bool matches_panels(const tensor::tile& t) {
  constexpr int columns = static_cast<int>(panel);
  const int width = t.nv * static_cast<int>(simd::lanes);
  return width % columns == 0 || columns % width == 0;
}

/// The configuration of a [m, k] x [k, n] product; 0 stands for an extent that is not known.
///
/// @pre     block fits the machine's registers and matches_panels(block)
/// @errors  none
constexpr config configure(const tensor::tile& block, a_form form, int m, int k, int n) {
  constexpr int lanes = static_cast<int>(simd::lanes);
  const int width = block.nv * lanes;
  const int rest = n % width;
  const tensor::row_split split(m, block.mr);
  const std::int64_t b_bytes = std::int64_t{k} * n * std::int64_t{sizeof(float)};
  const std::int64_t a_bytes = std::int64_t{m} * k * std::int64_t{sizeof(float)};
  const b_source source = b_bytes == 0 || b_bytes > core::native.l2_bytes ? b_source::memory
                          : b_bytes > core::native.l1_bytes / 2           ? b_source::second_cache
                                                                          : b_source::first_cache;
  return config{
      .block = block,
      .form = form,
      .full_columns = n == 0 || n >= width ? 1 : 0,
      .tail_packs = n == 0 ? any_tail : core::ceil_div(rest, lanes),
      .tail_masked = n == 0 || rest % lanes != 0 ? 1 : 0,
      .rows_high = split.height(0),
      .rows_low = split.tall > 0 ? split.low : 0,
      .source = source,
      // Worth it where the rows do not stay in the second cache otherwise: b would pass by for
      // every few of them.
      .depth_blocks = 2 * k > 3 * longest_depth && a_bytes > core::native.l2_bytes / 2 ? 1 : 0,
  };
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
