// SPDX-License-Identifier: MIT
// Parts of a long k: when, how long, in what order.
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/split_depth.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>
#include <support/plan_law.hpp>

namespace {

using namespace kiln;

constexpr auto split(int rows, int k, int n) {
  return plan::split_depth(plan::fuse_store(plan::trivial(test::linear_graph(rows, k, n))));
}
constexpr int groups(int rows, int k, int n) {
  const auto p = split(rows, k, n);
  return p.groups.size - p.prepare_groups;
}
static_assert(groups(1, 16384, 16) == 2, "the parts, and their sum");
static_assert(groups(4, 8192, 64) == 2);
static_assert(groups(1, 1024, 16) == 1, "not worth a barrier");
static_assert(groups(1, 16384, 256) == 1, "columns enough");
static_assert(groups(64, 16384, 16) == 1, "rows enough");
static_assert(plan::depth_of_part(16, 4) == 1536 && plan::depth_of_part(64, 4) == 512);

}  // namespace

TEST_CASE("parts are packed one by one, and shared out whole") {
  const auto p = split(1, 10000, 16);
  int packs = 0;
  for (int g = 0; g < p.prepare_groups; ++g) {
    const plan::item& x = p.items[p.groups[g].first];
    if (!x.is_loop) continue;
    ++packs;
    CHECK(p.loops[x.index].runs == plan::role::serial);
    CHECK(p.loops[x.index].step == plan::depth_of_part(16, 4));
  }
  CHECK(packs == 1);
  const plan::loop& l = p.loops[p.items[p.groups[p.prepare_groups].first].index];
  CHECK(l.runs == plan::role::parallel);
  CHECK(l.grain == l.step);
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
