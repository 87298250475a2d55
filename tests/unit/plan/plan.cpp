// SPDX-License-Identifier: MIT
// Pools of a plan.
#include <kiln/plan/plan.hpp>

#include <doctest/doctest.h>

#include <iterator>

namespace {

using namespace kiln;

// Plans are constants: a pool keeps what is pushed, in order.
constexpr auto three_loops = [] {
  plan::plan<4> p{};
  for (int i = 0; i < 3; ++i) p.loops.push({plan::role::serial, {}, i + 1});
  return p;
}();
static_assert(three_loops.loops.size == 3);
static_assert(three_loops.loops[2].step == 3);

}  // namespace

TEST_CASE("pools hold what the nodes of a graph can need") {
  plan::plan<4> p{};
  CHECK(std::size(p.stages.data.data) == 2 * std::size(p.instructions.data.data));
  CHECK(p.tensors.push({}) == 0);
  CHECK(p.tensors.push({}) == 1);
}
