// SPDX-License-Identifier: MIT
// Loops over blocks of rows change no bit.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

TEST_CASE("interpret_plan(fuse_rows(p)) == interpret_plan(p)") {
  test::check_plans(0, 1500, [](const auto& g) { return plan::fuse_rows(plan::trivial(g)); });
}

TEST_CASE("collapsed stages join row loops") {
  test::check_plans(
      1500, 3000, [](const auto& g) { return plan::fuse_rows(plan::collapse(plan::trivial(g))); });
}

TEST_CASE("fused and collapsed stages join row loops") {
  test::check_plans(3000, 5000, [](const auto& g) {
    return plan::fuse_rows(plan::collapse(plan::fuse_store(plan::trivial(g))));
  });
}
