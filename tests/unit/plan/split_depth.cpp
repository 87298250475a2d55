// SPDX-License-Identifier: MIT
// Slices of k: when, how long, in what order.
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/same_preparation.hpp>
#include <kiln/plan/specialize.hpp>
#include <kiln/plan/split_depth.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>
#include <support/plan_law.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};
constexpr plan::split_depth_fn splits{machine};

constexpr auto whole(int rows, int k, int n) {
  return plan::fuse_store(plan::trivial(test::linear_graph(rows, k, n)));
}
constexpr auto split(int rows, int k, int n) { return splits(whole(rows, k, n)); }
constexpr int groups(int rows, int k, int n) {
  const auto p = split(rows, k, n);
  return p.groups.size - p.prepare_groups;
}
static_assert(groups(1, 16384, 16) == 2, "the slices, and their sum");
static_assert(groups(4, 8192, 64) == 2);
static_assert(groups(1, 1024, 16) == 1, "not worth a barrier");
static_assert(groups(1, 16384, 256) == 1, "columns enough");
static_assert(groups(64, 16384, 16) == 1, "rows enough");
static_assert(groups(16, 4096, 48) == 1, "rows enough: half of them take half of the time");

static_assert(plan::depth_of_slice(8192, 40000, 3000) == 1024);
static_assert(plan::depth_of_slice(9001, 40000, 3000) == 1152, "whole units");
static_assert(plan::depth_of_slice(8192, 12000, 3000) == 2048, "slices that are worth a barrier");
static_assert(plan::depth_of_slice(4096, 5000, 3000) == 4096);

// The slices do not change what bind does: other variants of a net share its panels.
static_assert(plan::same_preparation(plan::place_scratch(split(1, 10000, 40)),
                                     plan::place_scratch(whole(1, 10000, 40))));

// Sums of bytes are whole numbers, slices of them would be floats.
constexpr auto bytes = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(tensor::dtype::u8, 1, 65536));
  const int w = b.weight("w", tensor::static_type(tensor::dtype::s8, 65536, 16));
  b.output(b.add<op::matmul_op>({x, w}));
  return plan::fuse_store(plan::trivial(b.build()));
}();
static_assert(splits(bytes).groups.size == bytes.groups.size);

// A matrix unit starts each slice later: they are longer.
constexpr auto pairs = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(tensor::dtype::bf16, 16, 16384));
  const int w = b.weight("w", tensor::static_type(tensor::dtype::bf16, 16384, 32));
  b.output(b.add<op::matmul_op>({x, w}));
  return plan::fuse_store(plan::trivial(b.build()));
}();
constexpr core::target with_tiles = [] {
  core::target t = machine;
  t.byte_dot = t.pair_dot = t.tiles = true;
  return t;
}();
static_assert(!core::native.tiles || [] {
  const auto p = plan::split_depth_fn{with_tiles}(pairs);
  return p.loops[p.items[p.groups[p.prepare_groups].first].index].step == 16384 / 2;
}());

}  // namespace

TEST_CASE("slices are shared out whole, and lie in panels that go on") {
  const auto p = split(1, 10000, 40);
  const plan::item& head = p.items[p.groups[p.prepare_groups].first];
  REQUIRE(head.is_loop);
  const plan::loop& l = p.loops[head.index];
  CHECK(l.runs == plan::role::parallel);
  CHECK(l.grain == l.step);
  CHECK(l.step == plan::depth_of_slice(10000, 60000, plan::barrier_cycles));
  const plan::stage& s = p.stages[p.items[p.groups[p.prepare_groups].first + 1].index];
  const plan::view& b = p.views[s.first_operand + 1];
  CHECK(b[1].factor == 10000);
  CHECK(b[2].factor == plan::panel_columns);
}

TEST_CASE("the sum goes through the store program: bias and relu once") {
  for (const int k : {10000, 8192, 12345}) {
    for (const int n : {16, 40, 64}) {
      const auto g = test::linear_graph(2, k, n);
      const auto in = test::random_inputs(g, 3);
      const auto p = plan::place_scratch(split(2, k, n));
      CHECK(p.groups.size - p.prepare_groups == 2);
      CHECK(test::plan_problem(p,
                               g,
                               in,
                               reference::interpret(g, in),
                               {reference::storage::placed, 1},
                               test::closeness::rounded)
            == "");
    }
  }
}
