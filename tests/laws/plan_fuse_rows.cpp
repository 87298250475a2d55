// SPDX-License-Identifier: MIT
// Loops over blocks of rows change no bit.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

namespace {

// Blocks of 1 to 40 rows: by the rule, graphs as small as these would be one block each.
template <class Plan>
auto in_blocks(const Plan& p) {
  const std::int32_t block = 1 + (p.stages.size * 7 + p.tensors.size * 3) % 40;
  return plan::fuse_rows_fn{{.block = block}}(p);
}

}  // namespace

TEST_CASE("interpret_plan(fuse_rows(p)) == interpret_plan(p)") {
  test::check_plans(0, 1500, [](const auto& g) { return in_blocks(plan::trivial(g)); });
}

TEST_CASE("collapsed stages join row loops") {
  test::check_plans(
      1500, 3000, [](const auto& g) { return in_blocks(plan::collapse(plan::trivial(g))); });
}

TEST_CASE("fused and collapsed stages join row loops") {
  test::check_plans(3000, 5000, [](const auto& g) {
    return in_blocks(plan::collapse(plan::fuse_store(plan::trivial(g))));
  });
}

TEST_CASE("blocks by the rule, and plans for teams") {
  test::check_plans(5000, 6000, [](const auto& g) {
    return plan::fuse_rows_fn{{.threads = 1 + g.size % 3}}(
        plan::collapse(plan::fuse_store(plan::trivial(g))));
  });
}
