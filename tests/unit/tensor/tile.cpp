// SPDX-License-Identifier: MIT
// Tiles that fit every machine, and rows cut into equal ones.
#include <kiln/tensor/tile.hpp>

#include <doctest/doctest.h>

namespace core = kiln::core;
using kiln::tensor::default_tile;
using kiln::tensor::fits;
using kiln::tensor::row_split;
using kiln::tensor::tallest_tile;

namespace {

constexpr core::target machine(core::isa isa, int lanes, int registers) {
  return {
      .isa = isa, .lanes = lanes, .registers = registers, .l1_bytes = 32768, .l2_bytes = 1 << 20};
}
constexpr core::target machines[] = {
    machine(core::isa::scalar, 1, 16),
    machine(core::isa::portable, 4, 16),
    machine(core::isa::portable, 4, 32),
    machine(core::isa::avx2, 8, 16),
    machine(core::isa::avx512, 16, 32),
    core::native,
};

constexpr bool all_fit() {
  for (const auto& m : machines) {
    for (int rows = 0; rows < 40; ++rows) {
      if (!fits(default_tile(m, rows), m)) return false;
      for (int columns = 1; columns < 200; columns += 7) {
        if (!fits(default_tile(m, rows, columns, 64), m)) return false;
      }
    }
  }
  return true;
}
static_assert(all_fit());
static_assert(tallest_tile(machines[4]) == kiln::tensor::tile{.mr = 14, .nv = 2});
static_assert(default_tile(machines[4], 16, 64, 64) == kiln::tensor::tile{.mr = 6, .nv = 4});
static_assert(default_tile(machines[4], 32, 512, 512) == kiln::tensor::tile{.mr = 9, .nv = 3});
static_assert(default_tile(machines[4], 28, 32, 64) == kiln::tensor::tile{.mr = 14, .nv = 2});
static_assert(!fits({.mr = 15, .nv = 2}, machines[4]));

}  // namespace

TEST_CASE("rows are cut into equal tiles that cover them once") {
  for (int rows = 0; rows < 100; ++rows) {
    for (int mr = 1; mr < 20; ++mr) {
      const row_split split(rows, mr);
      int next = 0;
      for (int t = 0; t < split.tiles; ++t) {
        CHECK(split.begin(t) == next);
        CHECK(split.height(t) <= mr);
        CHECK(split.height(0) - split.height(t) <= 1);
        next += split.height(t);
      }
      CHECK(next == rows);
    }
  }
}
