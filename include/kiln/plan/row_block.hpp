// SPDX-License-Identifier: MIT
// How many rows one step of a fused row loop takes, from what the step touches and the caches.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/work.hpp>
#include <kiln/tensor/shape.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::plan {

/// What the stages of a row loop do for one row, and what they read for all of them.
struct row_chain final {
  std::int64_t row_bytes = 0;      // read and written by the stage that touches most
  std::int64_t multiply_adds = 0;  // of all products
  std::int64_t products = 0;
  std::int64_t weight_bytes = 0;
  bool on_matrix = false;  // products run on a matrix unit
};

/// Rows that make a chain's weights cheap. Each weight that passes by is used once a row, and two
/// multiply-adds on vectors start in a cycle: with r rows, weights of four bytes come at 8 lanes /
/// r bytes a cycle. 64 rows and 16 lanes make that 2, which the last cache gives to one core.
inline constexpr std::int32_t usual_block_rows = 64;

/// The same on a matrix unit, which takes three eighths of a kilobyte of weights a cycle and row:
/// 256 rows make that 1.5 bytes a cycle. Both sides of a stage stay within half of what a core has
/// for itself.
inline constexpr std::int32_t matrix_block_rows = 256;

/// The same for weights that come from memory, half a byte a cycle.
inline constexpr std::int32_t far_block_rows = 256;
inline constexpr std::int64_t far_weight_bytes = std::int64_t{16} << 20;

/// Cycles that a stage loses each time it starts: first weights, first rows, last tiles.
inline constexpr std::int64_t stage_start_cycles = 450;

namespace detail {

constexpr std::int32_t wanted_on_matrix(const row_chain& c, const core::target& machine) {
  const std::int64_t near = own_cache_bytes(machine) / 2 / std::max<std::int64_t>(c.row_bytes, 1);
  const std::int64_t rows = std::min<std::int64_t>(matrix_block_rows, near);
  return std::max(usual_block_rows, static_cast<std::int32_t>(rows / 32 * 32));
}

}  // namespace detail

/// The rows that a block should have: usual_block_rows, or far_block_rows; more where products are
/// so small that their starts would take more than a hundredth of the time, as far as what a stage
/// touches stays within half of the second cache. Fewer rows never pay: products cut wide rows into
/// blocks of k themselves, and every weight would be fetched more often.
///
/// @law  at least usual_block_rows
constexpr std::int32_t wanted_block_rows(const row_chain& c, const core::target& machine) {
  if (c.weight_bytes > far_weight_bytes) return far_block_rows;
  if (c.on_matrix) return detail::wanted_on_matrix(c, machine);
  if (c.multiply_adds == 0 || c.row_bytes == 0) return usual_block_rows;
  const std::int64_t cycles = 100 * stage_start_cycles * c.products;
  const std::int64_t quiet = core::ceil_div(2 * machine.lanes * cycles, c.multiply_adds);
  const std::int64_t rows = std::min(quiet, machine.l2_bytes / 2 / c.row_bytes);
  return std::max(usual_block_rows, static_cast<std::int32_t>(rows / 16 * 16));
}

/// The step of a loop over `rows` rows, of which there are at most `bound`: all of them where they
/// fit into one block, else blocks as equal as can be, so that their tiles are alike; a divisor
/// where one is near. Blocks for a matrix unit are whole blocks of its tiles.
constexpr std::int32_t block_rows(const tensor::dim& rows,
                                  std::int64_t bound,
                                  const row_chain& c,
                                  const core::target& machine) {
  const std::int32_t most = wanted_block_rows(c, machine);
  if (bound <= most) return static_cast<std::int32_t>(bound);
  const std::int32_t mr = (c.on_matrix ? tensor::matrix_tile : tensor::tallest_tile(machine)).mr;
  if (!rows.is_static()) return most / mr * mr;
  const std::int32_t n = rows.factor;
  const std::int32_t equal = core::ceil_div(n, core::ceil_div(n, most));
  const std::int32_t unit = c.on_matrix ? mr : 1;
  for (std::int32_t step = most; step >= equal - equal / 4; --step) {
    if (n % step == 0 && step % unit == 0) return step;
  }
  return core::round_up(equal, unit);
}

}  // namespace kiln::plan
