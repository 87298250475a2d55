// SPDX-License-Identifier: MIT
// The register tile of a matrix product: the word that plans choose and kernels obey.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>

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

}  // namespace kiln::tensor
