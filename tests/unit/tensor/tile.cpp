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

// Tiles of products of short numbers leave the registers that their steps need.
using kiln::tensor::dtype;
using kiln::tensor::factors;
using kiln::tensor::matrix_tile;
using kiln::tensor::product_tile;
using kiln::tensor::tile;
constexpr factors all_factors[] = {{dtype::f32, dtype::f32},
                                   {dtype::f32, dtype::f16},
                                   {dtype::f32, dtype::bf16},
                                   {dtype::bf16, dtype::bf16},
                                   {dtype::u8, dtype::s8},
                                   {dtype::s8, dtype::s8}};
constexpr bool all_leave_registers(const core::target& m) {
  for (const factors& x : all_factors) {
    const int spare = kiln::tensor::spare_registers(m, x);
    for (int rows = 0; rows < 40; ++rows) {
      const tile t = product_tile(m, x, rows, 96, 64);
      if (t == matrix_tile) continue;
      if (t.mr * t.nv + t.nv + 1 + spare > m.registers) return false;
    }
  }
  return true;
}
constexpr core::target with_tiles() {
  core::target m = machines[4];
  m.byte_dot = m.tiles = true;
  return m;
}
static_assert(all_leave_registers(machines[0]) && all_leave_registers(machines[3]));
static_assert(all_leave_registers(machines[4]) && all_leave_registers(with_tiles()));
static_assert(product_tile(machines[4], all_factors[0], 0, 0, 0) == tallest_tile(machines[4]));
static_assert(product_tile(with_tiles(), all_factors[0], 32, 64, 64) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 32, 64, 64) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[5], 0, 0, 0) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[5], 1, 64, 64) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 1, 64, 64) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 1, 512, 256) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 1, 1024, 512) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 1, 0, 0) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 4, 64, 16) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 4, 512, 128) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 8, 64, 16) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 32, 512, 4) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 32, 512, 3) != matrix_tile);
// Too short a work for tiles to be configured: 4 x 16 x 16 of bf16.
static_assert(product_tile(with_tiles(), all_factors[3], 4, 16, 8) != matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[3], 8, 16, 16) == matrix_tile);
static_assert(product_tile(with_tiles(), all_factors[4], 7, 32, 16) != matrix_tile);
// Where a step works on each row, wide tiles.
static_assert(product_tile(machines[4], all_factors[5], 0, 64, 64) == tile{.mr = 6, .nv = 4});

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
