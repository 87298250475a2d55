// SPDX-License-Identifier: MIT
// The default moves.
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto p = plan::schedule(test::linear_graph(4, 5, 6));
static_assert(p.groups.size - p.prepare_groups == 1);
static_assert(p.scratch_bytes == 0, "a product with its post-operations needs no scratch");
static_assert(p.packed_bytes >= 5 * 16 * 4);

}  // namespace

TEST_CASE("the default moves end with memory") {
  constexpr auto all = plan::moves_for(core::native);
  CHECK(all.names[all.size - 1] == "place_scratch");
}
