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

TEST_CASE("runs after the first join clusters that it left apart, until nothing changes") {
  for (std::uint64_t seed = 4000; seed < 5000; ++seed) {
    const auto g = test::plan_graph(seed);
    auto p = plan::fuse_store(plan::trivial(g));
    std::string before;
    int runs = 1;
    for (std::string now = plan::describe(p, g); now != before && runs < 6; ++runs) {
      before = std::move(now);
      p = plan::fuse_store(p);
      now = plan::describe(p, g);
    }
    const auto in = test::random_inputs(g, seed);
    INFO("seed ", seed);
    CHECK(runs < 6);
    CHECK(test::plan_problem(p, g, in, reference::interpret(g, in)) == "");
  }
}
