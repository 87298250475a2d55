// SPDX-License-Identifier: MIT
// What of a product is known when its code is made: numbers, tile, form of a, which tails occur.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
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
  arithmetic numbers = arithmetic::f32;
  int depth_tail = 0;   // 1 if the last step of k may lack neighbours
  int compensated = 0;  // 1 if operands::compensation is added to every row
  int tiled = 0;        // 1 on AMX tiles, by configure_tiled(): then only numbers and source count

  friend constexpr bool operator==(const config&, const config&) = default;
};

/// The most steps of k that are taken in one go where they may be cut.
inline constexpr int longest_depth = 1024;

/// In config::tail_packs: the number of columns is not known.
inline constexpr int any_tail = -1;

/// What plans call the factors of these numbers.
constexpr tensor::factors factors_of(arithmetic x) {
  using tensor::dtype;
  switch (x) {
    case arithmetic::f32:
      return {dtype::f32, dtype::f32};
    case arithmetic::f32_f16:
      return {dtype::f32, dtype::f16};
    case arithmetic::f32_bf16:
      return {dtype::f32, dtype::bf16};
    case arithmetic::bf16:
      return {dtype::bf16, dtype::bf16};
    case arithmetic::s8s8:
      return {dtype::s8, dtype::s8};
    default:
      return {dtype::u8, dtype::s8};
  }
}

/// True if column blocks of such tiles begin where packs lie in packed panels.
constexpr bool matches_panels(const tensor::tile& t) {
  static_assert(panel == static_cast<std::size_t>(tensor::panel_columns));
  return tensor::matches_panels(core::native, t);
}

/// Registers beyond one for each accumulator, pack of columns and row that a step needs.
constexpr int spare_registers(arithmetic x) {
  return tensor::spare_registers(core::native, factors_of(x));
}

/// The tile, made smaller as far as the numbers' steps need registers of their own: lower if it is
/// high, else narrower.
constexpr tensor::tile fitting(arithmetic numbers, const tensor::tile& wanted) {
  return tensor::fitted(core::native, factors_of(numbers), wanted);
}

/// A tile as wide as it pays where every step works on the numbers of each row: that work is then
/// shared by more columns. `columns` is n, 0 if it is not known.
constexpr tensor::tile widened(arithmetic numbers, const tensor::tile& wanted, int columns) {
  return tensor::widened(core::native, factors_of(numbers), wanted, columns);
}

/// The configuration of a [m, k] x [k, n] product on AMX tiles; 0 stands for an extent that is not
/// known. Most sizes share it; nothing is ever compensated, as tiles multiply signed bytes too.
///
/// @pre     has_tiles(numbers); a is k_contiguous
/// @errors  none
constexpr config configure_tiled(arithmetic numbers, int k, int n) {
  const std::int64_t depth = std::int64_t{k} * static_cast<std::int64_t>(b_elem_bytes(numbers));
  // Two panels and 32 rows of a, and something for what comes and goes beside them.
  const bool fits = k > 0 && 64 * depth <= core::native.l1_bytes * 5 / 4;
  const bool passes = depth * n > core::native.l2_bytes;
  return {.block = {.mr = tensor::matrix_tile.mr, .nv = tensor::matrix_tile.nv},
          .tail_packs = any_tail,
          .source = passes ? b_source::memory
                    : fits ? b_source::first_cache
                           : b_source::second_cache,
          .numbers = numbers,
          .tiled = 1};
}

/// The configuration of a [m, k] x [k, n] product; 0 stands for an extent that is not known. On
/// tensor::matrix_tile it runs on AMX tiles. With `compensated`, a holds numbers that were shifted
/// by 128 and operands::compensation takes that back.
///
/// @pre     wanted fits the machine's registers and matches_panels(wanted); form is k_contiguous
///          where a step takes several neighbours
/// @errors  none
constexpr config configure(arithmetic numbers,
                           const tensor::tile& wanted,
                           a_form form,
                           int m,
                           int k,
                           int n,
                           bool compensated = false) {
  if (wanted == tensor::matrix_tile) return configure_tiled(numbers, k, n);
  constexpr int lanes = static_cast<int>(simd::lanes);
  const tensor::tile block = fitting(numbers, widened(numbers, wanted, n));
  const int width = block.nv * lanes;
  const int rest = n % width;
  const int step = static_cast<int>(neighbours(numbers));
  const tensor::row_split split(m, block.mr);
  const auto b_elem = static_cast<std::int64_t>(b_elem_bytes(numbers));
  const auto a_elem = static_cast<std::int64_t>(a_elem_bytes(numbers));
  const std::int64_t b_bytes = std::int64_t{k} * n * b_elem;
  const std::int64_t a_bytes = std::int64_t{m} * k * a_elem;
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
      .depth_blocks =
          2 * k > 3 * longest_depth * step && a_bytes > core::native.l2_bytes / 2 ? 1 : 0,
      .numbers = numbers,
      .depth_tail = step > 1 && (k == 0 || k % step != 0) ? 1 : 0,
      .compensated = compensated || shifts_a(numbers) ? 1 : 0,
  };
}
/// The same for f32.
constexpr config configure(const tensor::tile& block, a_form form, int m, int k, int n) {
  return configure(arithmetic::f32, block, form, m, k, n);
}

/// A configuration with other heights of row tiles. Built in one piece, as g++ 12.2 gives template
/// arguments that were filled member by member wrong symbols.
constexpr config with_rows(const config& c, int high, int low) {
  return {.block = {.mr = c.block.mr, .nv = c.block.nv},
          .form = c.form,
          .full_columns = c.full_columns,
          .tail_packs = c.tail_packs,
          .tail_masked = c.tail_masked,
          .rows_high = high,
          .rows_low = low,
          .source = c.source,
          .depth_blocks = c.depth_blocks,
          .numbers = c.numbers,
          .depth_tail = c.depth_tail,
          .compensated = c.compensated,
          .tiled = c.tiled};
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
