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
    c.add({std::max(rows * weights / 32, bytes / plan::near_bytes_per_cycle), bytes});
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

}  // namespace

TEST_CASE("one row by rows takes as long as one thread takes") {
  CHECK(costs(1, 1 << 16, 2, 2).by_rows() == costs(1, 1 << 16, 2, 7).by_rows());
  CHECK(costs(8, 1 << 12, 2, 2).by_rows() > costs(8, 1 << 12, 2, 4).by_rows() - 1);
}
