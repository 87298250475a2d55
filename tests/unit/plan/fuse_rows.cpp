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

// Whole cache lines, for a line that two rows share would be read for both, and never 4 KiB.
constexpr bool pads_to_lines(tensor::dtype element) {
  const auto bytes = static_cast<std::int32_t>(size_of(element));
  for (std::int32_t elems = 64; elems <= 8192; ++elems) {
    const std::int32_t row = plan::padded_row(elems, element);
    if (row < elems + 1 || row * bytes % 64 != 0 || row * bytes % 4096 == 0) return false;
  }
  return plan::padded_row(10, element) == 12;
}
static_assert(pads_to_lines(tensor::dtype::f32) && pads_to_lines(tensor::dtype::bf16));
static_assert(pads_to_lines(tensor::dtype::u8));

constexpr auto fused(int rows, int block = 0) {
  const auto p = plan::collapse(plan::fuse_store(plan::trivial(test::mlp_graph(rows))));
  return plan::fuse_rows_fn{{.machine = machine, .block = block}}(p);
}
constexpr auto p = fused(0, 56);
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

TEST_CASE("few rows have a loop of one step, which threads may share") {
  const auto q = fused(8);
  CHECK(q.groups.size - q.prepare_groups == 1);
  REQUIRE(q.loops.size == 1);
  CHECK(q.loops[0].step == 8);
  CHECK(q.loops[0].runs == plan::role::parallel);
}

TEST_CASE("one row needs no loop") {
  const auto q = fused(1);
  CHECK(q.groups.size - q.prepare_groups == 1);
  CHECK(q.loops.size == 0);
}

TEST_CASE("a dynamic extent of few rows is one step, with room for all of them") {
  auto g = test::mlp_graph(0);
  g.symbols[0].bound = 20;
  const auto q = plan::fuse_rows_fn{{machine}}(plan::collapse(plan::fuse_store(plan::trivial(g))));
  CHECK(q.groups.size - q.prepare_groups == 1);
  REQUIRE(q.loops.size == 1);
  CHECK(q.loops[0].step == 20);
  for (int t = 0; t < q.tensors.size; ++t) {
    if (q.tensors[t].at == plan::place::block && q.tensors[t].type.rank == 2) {
      CHECK(q.tensors[t].type[0].factor == 20);
    }
  }
}

TEST_CASE("the rows of a step may be forced") {
  const auto q = fused(48, 16);
  REQUIRE(q.loops.size == 1);
  CHECK(q.loops[0].step == 16);
}

TEST_CASE("a share is worth its barrier: tiny chains are shared out in whole steps") {
  CHECK(fused(48).loops[0].grain == 48);
  const auto wide = [](int width) {
    test::graph_builder<12> b;
    const int x = b.input("x", test::shape(64, width));
    const int w1 = b.weight("w1", test::shape(width, width));
    const int w2 = b.weight("w2", test::shape(width, width));
    b.output(b.add<op::matmul_op>({b.add<op::matmul_op>({x, w1}), w2}));
    return plan::fuse_rows_fn{{machine}}(plan::trivial(b.build())).loops[0];
  };
  CHECK(wide(64).step == 64);
  CHECK(wide(64).grain == 8);
  CHECK(wide(1024).grain == 1);
}

TEST_CASE("several threads take one row's columns, layer by layer, where weights are many") {
  const auto groups = [](int rows, int threads) {
    test::graph_builder<12> b;
    const int x = b.input("x", test::shape(rows, 1024));
    const int w1 = b.weight("w1", test::shape(1024, 1024));
    const int w2 = b.weight("w2", test::shape(1024, 1024));
    b.output(b.add<op::matmul_op>({b.add<op::matmul_op>({x, w1}), w2}));
    const auto q = plan::fuse_rows_fn{{machine}}.for_threads(threads)(plan::trivial(b.build()));
    return q.groups.size - q.prepare_groups;
  };
  CHECK(groups(1, 1) == 1);
  CHECK(groups(1, 2) == 2);
  CHECK(groups(128, 2) == 1);
}

TEST_CASE("large layers by columns, small ones behind them stay fused") {
  const auto fused_for = [](int threads, int apart) {
    test::graph_builder<16> b;
    int x = b.input("x", test::shape(8, 1024));
    x = b.add<op::matmul_op>({x, b.weight("w1", test::shape(1024, 1024))});
    x = b.add<op::matmul_op>({x, b.weight("w2", test::shape(1024, 256))});
    x = b.add<op::matmul_op>({x, b.weight("w3", test::shape(256, 64))});
    b.output(b.add<op::matmul_op>({x, b.weight("w4", test::shape(64, 16))}));
    return plan::fuse_rows_fn{{.machine = machine, .threads = threads, .apart = apart}}(
        plan::trivial(b.build()));
  };
  const auto groups = [&](int threads, int apart) {
    const auto q = fused_for(threads, apart);
    return q.groups.size - q.prepare_groups;
  };
  CHECK(groups(1, -1) == 1);
  const auto q = fused_for(2, -1);
  REQUIRE(q.groups.size - q.prepare_groups == 3);
  CHECK(q.groups[q.prepare_groups].items == 1);
  CHECK(q.groups[q.groups.size - 1].items == 3);
  CHECK(groups(2, 0) == 1);
  CHECK(groups(1, 1) == 2);
  CHECK(groups(1, 100) == 4);
}

TEST_CASE("columns of a row are of that row, other rows are not") {
  const auto groups_of = [](int axis, int begin, int end) {
    test::graph_builder<16> b;
    const int x = b.input("x", tensor::static_type(f32, 200, 32));
    const int y = b.add<op::matmul_op>({x, b.weight("w", tensor::static_type(f32, 32, 48))});
    b.output(b.add<op::softmax_op>({b.add<op::slice_op>({y}, {axis, begin, end, 1})}, {1}));
    const auto q = plan::fuse_rows_fn{{.machine = machine}}(
        plan::collapse(plan::fuse_store(plan::trivial(b.build()))));
    return q.groups.size - q.prepare_groups;
  };
  CHECK(groups_of(1, 0, 48) == 1);
  CHECK(groups_of(1, 16, 48) == 1);
  CHECK(groups_of(1, 47, 48) == 1);
  CHECK(groups_of(0, 0, 100) == 2);
  CHECK(groups_of(0, 100, 200) == 2);
}
