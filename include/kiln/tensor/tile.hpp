// SPDX-License-Identifier: MIT
// The register tile of a matrix product: the word that plans choose and kernels obey.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/tensor/dtype.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::tensor {

/// One step of a matrix product in registers: `mr` rows times `nv` packs of columns.
///
/// @law  mr * nv accumulators + nv packs of b + 1 of a <= registers
struct tile final {
  int mr = 0;
  int nv = 0;

  friend constexpr bool operator==(const tile&, const tile&) = default;
};

/// True if the tile's accumulators, its row of b and one broadcast of a fit the registers.
constexpr bool fits(const tile& t, const core::target& machine) {
  return t.mr > 0 && t.nv > 0 && t.mr * t.nv + t.nv + 1 <= machine.registers;
}

/// The largest tile for a product of many rows: two packs of b wide, which balances two loads of b
/// and one broadcast a row against two multiply-adds a row, and as high as the registers allow.
constexpr tile tallest_tile(const core::target& machine) {
  switch (machine.isa) {
    case core::isa::avx512:
      return {.mr = 14, .nv = 2};  // 28 accumulators + 2 of b + 1 of a = 31 of 32
    case core::isa::avx2:
      return {.mr = 6, .nv = 2};  // 12 accumulators + 2 of b + 1 of a = 15 of 16
    case core::isa::portable:
      // Without a multiply-add instruction one more register holds each product.
      return machine.registers >= 32 ? tile{.mr = 6, .nv = 4} : tile{.mr = 2, .nv = 4};
    case core::isa::scalar:
      break;
  }
  return {.mr = 2, .nv = 4};
}

/// The block of a product on a matrix unit (AMX): two by two tiles of 16 x 16 sums, so that four
/// loads feed four products of tiles.
inline constexpr tile matrix_tile{.mr = 32, .nv = 2};

/// How `rows` rows are cut into tiles of nearly equal height: 32 rows of at most 14 are 11 + 11
/// + 10. Equal tiles keep every one of them near its best; 14 + 14 + 4 would waste the last.
///
/// @law  tall * (low + 1) + (tiles - tall) * low == rows
struct row_split final {
  int tiles = 0;
  int low = 0;   // rows of the tiles behind the first `tall`
  int tall = 0;  // the first `tall` tiles have low + 1 rows

  constexpr row_split() = default;
  constexpr row_split(int rows, int mr)
      : tiles(core::ceil_div(rows, mr)),
        low(tiles > 0 ? rows / tiles : 0),
        tall(tiles > 0 ? rows % tiles : 0) {}

  [[nodiscard]] constexpr int begin(int t) const { return t * low + (t < tall ? t : tall); }
  [[nodiscard]] constexpr int height(int t) const { return low + (t < tall ? 1 : 0); }
};

static_assert(row_split(32, 14).height(0) == 11 && row_split(32, 14).height(2) == 10);
static_assert(row_split(32, 14).begin(2) == 22 && row_split(0, 14).tiles == 0);

namespace detail {

// Hundredths of cycles that one step of k takes in a tile of h rows and v packs, on a core that
// starts two multiply-adds in each: never less than the four cycles for which an accumulator waits
// for itself, and about one cycle that loads and the loop do not hide. Measured on products of 32
// to 512 rows, whose order of tiles it tells but where two are within 2 % of each other.
constexpr std::int64_t step_cost(int h, int v) { return std::max(50 * h * v, 400) + 100; }

// The same for a step of k of a whole product. Starting and ending a tile costs about 80 cycles.
constexpr std::int64_t product_cost(const tile& t, int rows, int packs, int depth) {
  const row_split split(rows, t.mr);
  const std::int64_t start = depth > 0 ? 8000 / depth : 0;
  const auto column_of_tiles = [&](int v) {
    return split.tall * (step_cost(split.low + 1, v) + start)
           + (split.tiles - split.tall) * (step_cost(split.low, v) + start);
  };
  const int rest = packs % t.nv;
  return packs / t.nv * column_of_tiles(t.nv) + (rest > 0 ? column_of_tiles(rest) : 0);
}

// The cheapest of the large tiles for more than six rows on 32 registers.
constexpr tile cheapest_tile(int rows, int packs, int depth) {
  constexpr tile candidates[] = {{14, 2}, {9, 3}, {6, 4}};
  tile best = candidates[0];
  for (const tile& t : candidates) {
    if (product_cost(t, rows, packs, depth) < product_cost(best, rows, packs, depth)) best = t;
  }
  return best;
}

}  // namespace detail

/// The tile for a product of `rows` rows and `columns` columns over `depth` steps of k (0: many, or
/// not known). A multiply-add takes about four cycles and two start in each, so that a tile of
/// fewer than eight accumulators waits for itself: few rows take more columns at once.
///
/// @law  fits(default_tile(machine, ...), machine)
constexpr tile default_tile(const core::target& machine,
                            int rows = 0,
                            int columns = 0,
                            int depth = 0) {
  const tile tall = tallest_tile(machine);
  if (rows <= 0 || machine.lanes < 8) return tall;
  if (machine.isa == core::isa::avx512) {
    // One row is bound by the second cache, which four streams of b saturate.
    if (rows == 1) return {.mr = 1, .nv = 4};  // 4 + 4 of b + 1 = 9
    if (rows <= 4) return {.mr = 4, .nv = 6};  // 24 + 6 + 1 = 31
    if (rows <= 6) return {.mr = 6, .nv = 4};  // 24 + 4 + 1 = 29
    if (columns <= 0) return tall;
    return detail::cheapest_tile(rows, core::ceil_div(columns, machine.lanes), depth);
  }
  if (rows == 1) return {.mr = 1, .nv = 6};  // 6 + 6 + 1 = 13
  if (rows == 2) return {.mr = 2, .nv = 4};  // 8 + 4 + 1 = 13
  return tall;
}

/// Columns of a panel of a packed right-hand side.
inline constexpr int panel_columns = 16;

/// True if column blocks of such tiles begin where packs lie in packed panels.
constexpr bool matches_panels(const core::target& machine, const tile& t) {
  const int width = t.nv * machine.lanes;
  return width % panel_columns == 0 || panel_columns % width == 0;
}

/// What two numbers are multiplied as, as far as registers go.
struct factors final {
  dtype a = dtype::f32;
  dtype b = dtype::f32;

  friend constexpr bool operator==(const factors&, const factors&) = default;
};

/// Registers beyond one for each accumulator, pack of columns and row that a step of k needs.
constexpr int spare_registers(const core::target& machine, factors x) {
  if (x.b == dtype::s8) {
    const int flipped = x.a == dtype::s8 ? 1 : 0;
    return (machine.byte_dot ? 0 : 2) + (machine.byte_dot ? 2 : 1) * flipped;
  }
  return x.b == dtype::bf16 && (x.a != dtype::bf16 || !machine.pair_dot) ? 2 : 0;
}

/// True if a step does more to a row's numbers than to read them into every lane.
constexpr bool works_on_rows(const core::target& machine, factors x) {
  return (x.a == dtype::s8 && x.b == dtype::s8) || (x.a == dtype::bf16 && !machine.pair_dot);
}

/// The tile, made smaller as far as the numbers' steps need registers of their own: lower if it is
/// high, else narrower.
///
/// @law  fits the machine with spare_registers(machine, x) left
constexpr tile fitted(const core::target& machine, factors x, const tile& wanted) {
  tile t = wanted;
  const int registers = machine.registers - 1 - spare_registers(machine, x);
  const auto fit = [&] { return t.mr * t.nv + t.nv <= registers; };
  while (!fit() && t.mr > t.nv) --t.mr;
  while (!fit() && t.nv > 1 && matches_panels(machine, {.mr = t.mr, .nv = t.nv - 1})) --t.nv;
  while (!fit() && t.mr > 1) --t.mr;
  return t;
}

/// A tile as wide as it pays where every step works on the numbers of each row: that work is then
/// shared by more columns. `columns` is n, 0 if it is not known.
constexpr tile widened(const core::target& machine, factors x, const tile& wanted, int columns) {
  const bool is_high = wanted.mr > 8 && wanted.nv == 2 && machine.registers >= 32;
  if (!is_high || !works_on_rows(machine, x) || machine.lanes != panel_columns) return wanted;
  const int packs = core::ceil_div(columns, machine.lanes);
  return packs % 4 == 0 ? tile{.mr = 6, .nv = 4} : tile{.mr = 8, .nv = 3};
}

/// True if a product runs on the matrix unit; 0 stands for what is not known, which counts as much.
/// Measured against vectors on Sapphire Rapids, whose own product of pairs of bf16 is slow: a
/// single row of bf16 pays where its weights come from the second cache (vectors follow those from
/// memory as fast); bytes pay from two rows on, or six where the weights are in the nearest cache,
/// and four words of k. What takes vectors less than 128 cycles ends before tiles are configured.
/// Only sizes that are known decide: all rows of a stage are summed up alike.
constexpr bool uses_matrix(
    const core::target& machine, factors x, int rows, int columns, int depth) {
  const bool pairs = x.a == dtype::bf16 && x.b == dtype::bf16;
  if (!machine.tiles || (!pairs && x.b != dtype::s8)) return false;
  const std::int64_t bytes = std::int64_t{4} * columns * depth;  // of weights
  const bool near = bytes > 0 && bytes <= machine.l1_bytes;
  const std::int64_t steps = std::int64_t{rows} * core::ceil_div(columns, panel_columns) * depth;
  if (steps > 0 && steps < (pairs ? 128 : 256)) return false;
  if (pairs) return rows != 1 || (!near && bytes > 0 && bytes <= machine.l2_bytes);
  return rows != 1 && (depth == 0 || depth >= 4) && (rows == 0 || rows >= 6 || !near);
}

/// The tile of a product of such numbers, as plans name it and kernels run it: matrix_tile, or one
/// of registers. Extents as for default_tile(), `depth` counts steps of k.
///
/// @law  fits the machine with spare_registers(machine, x) left, or is matrix_tile
constexpr tile product_tile(
    const core::target& machine, factors x, int rows, int columns, int depth) {
  if (uses_matrix(machine, x, rows, columns, depth)) return matrix_tile;
  const tile usual = default_tile(machine, rows, columns, depth);
  return fitted(machine, x, widened(machine, x, usual, columns));
}

}  // namespace kiln::tensor
