// SPDX-License-Identifier: MIT
// Row loops: blocks, padded rows, shrunken tensors.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

static_assert(plan::block_rows({48, {-1, -1}}, 48, machine) == 48, "one block");
static_assert(plan::block_rows({128, {-1, -1}}, 128, machine) == 64, "a divisor");
static_assert(plan::block_rows({1, {0, -1}}, 100, machine) == 56, "whole tiles of 14 rows");
static_assert(plan::block_rows({2, {0, -1}}, 60, machine) == 60, "at most one block");
static_assert(plan::padded_row(512) % 16 == 0 && plan::padded_row(1024) * 4 % 4096 != 0);

constexpr auto fused(int rows) {
  const auto p = plan::collapse(plan::fuse_store(plan::trivial(test::mlp_graph(rows))));
  return plan::fuse_rows_fn{machine}(p);
}
constexpr auto p = fused(0);
static_assert(p.groups.size - p.prepare_groups == 1);
static_assert(p.loops.size == 1 && p.loops[0].step == 56);

}  // namespace

TEST_CASE("what only one block sees shrinks to it") {
  int blocks = 0;
  for (int t = 0; t < p.tensors.size; ++t) {
    const plan::placed_tensor& x = p.tensors[t];
    if (x.at != plan::place::block || x.origins[0].loop < 0) continue;
    ++blocks;
    CHECK(x.type[0].factor == 56);
  }
  CHECK(blocks == 2);
}

TEST_CASE("few rows need no loop") {
  const auto q = fused(8);
  CHECK(q.groups.size - q.prepare_groups == 1);
  CHECK(q.loops.size == 0);
}

TEST_CASE("a dynamic extent of few rows needs no loop either, but room for all of them") {
  auto g = test::mlp_graph(0);
  g.symbols[0].bound = 20;
  const auto q = plan::fuse_rows_fn{machine}(plan::collapse(plan::fuse_store(plan::trivial(g))));
  CHECK(q.groups.size - q.prepare_groups == 1);
  CHECK(q.loops.size == 0);
  for (int t = 0; t < q.tensors.size; ++t) {
    if (q.tensors[t].at == plan::place::block && q.tensors[t].type.rank == 2) {
      CHECK(q.tensors[t].type[0].factor == 20);
    }
  }
}
