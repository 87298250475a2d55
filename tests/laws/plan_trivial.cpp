// SPDX-License-Identifier: MIT
// The trivial plan computes what its graph computes, and what place_scratch puts anywhere is whole.
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

TEST_CASE("interpret_plan(trivial(g)) == interpret(g)") {
  kiln::test::check_plans(0, 2500, [](const auto& g) { return kiln::plan::trivial(g); });
}
