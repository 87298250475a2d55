// SPDX-License-Identifier: MIT
// Fusing elementwise stages into store programs changes no bit.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/describe.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

TEST_CASE("interpret_plan(fuse_store(p)) == interpret_plan(p)") {
  test::check_plans(0, 2500, [](const auto& g) { return plan::fuse_store(plan::trivial(g)); });
}

TEST_CASE("collapsed stages fuse too") {
  test::check_plans(
      2500, 4000, [](const auto& g) { return plan::fuse_store(plan::collapse(plan::trivial(g))); });
}

TEST_CASE("a second run changes nothing") {
  for (std::uint64_t seed = 4000; seed < 5000; ++seed) {
    const auto g = test::plan_graph(seed);
    const auto p = plan::fuse_store(plan::trivial(g));
    INFO("seed ", seed);
    CHECK(plan::describe(plan::fuse_store(p), g) == plan::describe(p, g));
  }
}
