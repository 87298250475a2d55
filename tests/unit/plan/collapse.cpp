// SPDX-License-Identifier: MIT
// Axes join where every view crosses them with one stride.
#include <kiln/plan/builder.hpp>
#include <kiln/plan/collapse.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using tensor::static_type;

// A copy of a tensor to another, seen over axes [2, 3, 4].
constexpr auto copy_plan(bool transposed) {
  plan::builder<8> b{};
  const auto type = static_type(f32, 2, 3, 4);
  plan::view from = b.whole(b.add_tensor(0, type, plan::place::argument));
  if (transposed) {
    const plan::stride s = from[0];
    from[0] = from[1];
    from[1] = s;
  }
  b.begin_group();
  b.add_copy(1, type, from, b.whole(b.add_tensor(1, type, plan::place::shared)));
  return b.p;
}

constexpr auto joined = plan::collapse(copy_plan(false));
static_assert(joined.stages[0].rank == 2 && joined.stages[0].kept == 2);
static_assert(joined.stages[0].extents[0].factor == 6 && joined.stages[0].extents[1].factor == 4);

}  // namespace

TEST_CASE("axes that a view crosses in another order stay") {
  CHECK(plan::collapse(copy_plan(true)).stages[0].rank == 3);
}

TEST_CASE("joining is idempotent") {
  const auto once = plan::collapse(copy_plan(false));
  const auto twice = plan::collapse(once);
  CHECK(twice.stages[0].rank == once.stages[0].rank);
  CHECK(twice.views[1] == once.views[1]);
}
