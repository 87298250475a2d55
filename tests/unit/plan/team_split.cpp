// SPDX-License-Identifier: MIT
// Rows of a chain against columns of its layers.
#include <kiln/plan/team_split.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

// Equal layers of so many weights (floats) over so many rows.
constexpr plan::team_costs costs(std::int64_t rows, std::int64_t weights, int layers, int threads) {
  plan::team_costs c(machine, rows, threads);
  const std::int64_t bytes = 4 * weights;
  for (int i = 0; i < layers; ++i) {
    c.add({std::max(rows * weights / 32, bytes / plan::near_bytes_per_cycle), bytes, 0, 1, true});
  }
  return c;
}
constexpr bool by_columns(std::int64_t rows, std::int64_t weights, int layers, int threads = 2) {
  const auto c = costs(rows, weights, layers, threads);
  return c.by_columns() < c.by_rows();
}

static_assert(by_columns(1, 1024 * 1024, 3), "one row cannot be split");
static_assert(!by_columns(1, 64 * 64, 3), "a barrier costs more than a small layer");
static_assert(!by_columns(128, 1024 * 1024, 3), "many rows need no barriers");
static_assert(by_columns(8, 1024 * 1024, 3), "few rows wait for weights: half of them each");
static_assert(!by_columns(32, 256 * 256, 3));

// Half of 3 MiB of weights stay in a second cache of 2 MiB, all of them do not.
static_assert(costs(1, 196608, 4, 2).by_columns() * 3 < costs(1, 196608, 4, 2).by_rows());
static_assert(costs(8, 1 << 20, 3, 2).choose().apart[2]);
static_assert(!costs(128, 1 << 20, 3, 2).choose().any_apart);
static_assert(!costs(1, 64 * 64, 3, 2).choose().any_apart, "no layer is worth a barrier");
static_assert(costs(1, 512 * 256, 1, 2).alone() == 16384);
static_assert(!costs(1, 512 * 256, 1, 2).choose().any_apart, "nor is this one, as was measured");

// Sizes whose products are beyond 64 bits.
static_assert(costs(2, std::int64_t{1} << 31, 2, 2).by_columns() > std::int64_t{1} << 29);
static_assert(costs(std::int64_t{1} << 31, 1 << 20, 2, 2).by_rows() > std::int64_t{1} << 45);

// Large layers by columns, small ones behind them by rows: one barrier for all of these.
constexpr plan::team_choice mixed = [] {
  plan::team_costs c(machine, 8, 2);
  for (int i = 0; i < 2; ++i) c.add({300000, 4 << 20, 8 << 12, 1, true});
  for (int i = 0; i < 4; ++i) c.add({16000, 1 << 16, 8 << 9, 1, true});
  return c.choose();
}();
static_assert(mixed.apart[0] && mixed.apart[1] && !mixed.apart[2] && !mixed.apart[5]);

// Columns of the first layers leave room in the caches: rows of the small one behind them, which
// would be too dear if each thread read all weights, are then cheaper than its columns.
constexpr plan::team_choice beside_columns = [] {
  plan::team_costs c(machine, 64, 2);
  const int depths[] = {479, 1024, 1024, 512}, widths[] = {1024, 1024, 512, 256};
  for (int i = 0; i < 4; ++i) {
    const int weights = depths[i] * widths[i];
    c.add({weights / 3, 2 * weights, 128 * depths[i], 1, true});
  }
  return c.choose();
}();
static_assert(beside_columns.apart[0] && beside_columns.apart[1] && beside_columns.apart[2]);
static_assert(!beside_columns.apart[3]);

// A matrix unit takes 16 rows for one: halves of them gain nothing.
constexpr plan::team_costs in_tiles = [] {
  plan::team_costs c(machine, 16, 2);
  c.add({100000, 1 << 16, 1 << 10, 16, false});
  return c;
}();
static_assert(in_tiles.by_rows() == 100000 + plan::barrier_cycles);
static_assert(!in_tiles.choose().any_apart && in_tiles.choose().cycles == 100000);
static_assert(
    [] {
      plan::team_costs c(machine, 32, 2);
      c.add({100000, 1 << 16, 1 << 10, 16, false});
      return c.by_rows();
    }() == 62500 + plan::barrier_cycles,
    "one tile of rows uses each tile of weights once");

}  // namespace

TEST_CASE("the choice is never worse than one way for all layers") {
  for (const std::int64_t rows : {1, 2, 8, 31, 64, 500}) {
    for (const std::int64_t weights : {1 << 8, 1 << 14, 1 << 18, 1 << 21}) {
      for (const int threads : {2, 3, 16}) {
        const auto c = costs(rows, weights, 5, threads);
        CHECK(c.choose().cycles <= c.by_rows());
        CHECK(c.choose().cycles <= c.by_columns());
      }
    }
  }
}

TEST_CASE("one row by rows takes as long as one thread takes") {
  CHECK(costs(1, 1 << 16, 2, 2).by_rows() == costs(1, 1 << 16, 2, 7).by_rows());
  CHECK(costs(8, 1 << 12, 2, 2).by_rows() > costs(8, 1 << 12, 2, 4).by_rows() - 1);
}
