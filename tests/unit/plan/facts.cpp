// SPDX-License-Identifier: MIT
// Flop, bytes and tensors in memory of small plans.
#include <kiln/plan/facts.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto g = test::linear_graph(4, 5, 6);
constexpr auto p = plan::trivial(g);
constexpr auto fused = plan::fuse_store(p);

static_assert(plan::flops(p, g, 0) == 2.0 * 4 * 5 * 6);
static_assert(plan::materialized(p) == 2 && plan::materialized(fused) == 0);

}  // namespace

TEST_CASE("fusion moves fewer bytes and keeps the flop") {
  double apart = 0, moved = 0;
  for (int k = 0; k < 3; ++k) {
    apart += plan::flops(p, g, k);
    moved += plan::bytes(p, k);
  }
  CHECK(plan::flops(fused, g, 0) == apart);
  CHECK(plan::bytes(fused, 0) < moved);
}
