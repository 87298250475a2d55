// SPDX-License-Identifier: MIT
// Joining axes changes no bit, before fusion or after it.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/describe.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

TEST_CASE("interpret_plan(collapse(p)) == interpret_plan(p)") {
  test::check_plans(0, 2000, [](const auto& g) { return plan::collapse(plan::trivial(g)); });
}

TEST_CASE("fused stages collapse too") {
  test::check_plans(
      2000, 4000, [](const auto& g) { return plan::collapse(plan::fuse_store(plan::trivial(g))); });
}

TEST_CASE("a second run changes nothing") {
  for (std::uint64_t seed = 4000; seed < 5000; ++seed) {
    const auto g = test::plan_graph(seed);
    const auto once = plan::collapse(plan::trivial(g));
    INFO("seed ", seed);
    CHECK(plan::describe(plan::collapse(once), g) == plan::describe(once, g));
  }
}
