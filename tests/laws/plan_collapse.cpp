// SPDX-License-Identifier: MIT
// Joining axes changes no bit, before fusion or after it.
#include <kiln/plan/collapse.hpp>
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
