// SPDX-License-Identifier: MIT
// Loops for teams change no bit, and neither does sharing them out.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/split_parallel.hpp>
#include <kiln/plan/trivial.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

namespace {

// As if a barrier took no time: graphs as small as these would have no loops.
constexpr plan::split_parallel_fn eager{.barrier = 0};

// Every parallel loop in the shortest steps that a thread may get.
template <class Plan>
Plan shared_out(Plan p) {
  for (int i = 0; i < p.loops.size; ++i) {
    plan::loop& l = p.loops[i];
    if (l.runs == plan::role::parallel && l.grain < l.step) l.step = l.grain;
  }
  return p;
}

}  // namespace

TEST_CASE("interpret_plan(split_parallel(p)) == interpret_plan(p)") {
  test::check_plans(0, 1500, [](const auto& g) { return eager(plan::trivial(g)); });
}

TEST_CASE("threads may begin at any multiple of the grain") {
  test::check_plans(1500, 3000, [](const auto& g) { return shared_out(eager(plan::trivial(g))); });
}

TEST_CASE("after all other moves") {
  test::check_plans(3000, 5000, [](const auto& g) {
    return shared_out(eager(plan::fuse_rows(plan::collapse(plan::fuse_store(plan::trivial(g))))));
  });
}

TEST_CASE("there is something to share in most graphs") {
  int loops = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    loops += eager(plan::trivial(test::plan_graph(seed))).loops.size > 0 ? 1 : 0;
  }
  CHECK(loops > 60);
}
