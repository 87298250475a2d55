// SPDX-License-Identifier: MIT
// The plan of the default moves computes what its graph computes, for every kind of machine.
#include <kiln/pass/optimize.hpp>
#include <kiln/plan/schedule.hpp>

#include <array>
#include <support/plan_law.hpp>

namespace {

using namespace kiln;

constexpr std::array<core::target, 4> machines{{{core::isa::scalar, 1, 16, 32 << 10, 1 << 20},
                                                {core::isa::portable, 4, 16, 32 << 10, 1 << 20},
                                                {core::isa::avx2, 8, 16, 32 << 10, 1 << 20},
                                                {core::isa::avx512, 16, 32, 48 << 10, 2 << 20}}};

template <std::size_t N>
void check_schedule(std::uint64_t seed, const graph::graph<N>& g, test::closeness wanted) {
  const auto in = test::random_inputs(g, seed);
  const auto expected = reference::interpret(g, in);
  const auto& machine = machines[seed % machines.size()];
  const auto p = plan::moves_for(machine)(plan::trivial(g));
  INFO("seed ", seed, ", machine ", name_of(machine.isa));
  const reference::plan_options options{reference::storage::placed, seed};
  CHECK(test::plan_problem(p, g, in, expected, options, wanted) == "");
}

}  // namespace

TEST_CASE("interpret_plan(schedule(g)) == interpret(g)") {
  for (std::uint64_t seed = 10000; seed < 12500; ++seed) {
    check_schedule(seed, test::plan_graph(seed), test::closeness::rounded);
  }
}

TEST_CASE("after the passes too") {
  for (std::uint64_t seed = 12500; seed < 14000; ++seed) {
    check_schedule(seed, pass::optimize(test::plan_graph(seed)), test::closeness::rounded);
  }
}

TEST_CASE("chains of short elements round once") {
  for (std::uint64_t seed = 14000; seed < 15000; ++seed) {
    test::graph_options options{};
    options.casts = true;
    check_schedule(seed, test::random_graph(seed, options), test::closeness::within_bounds);
  }
}
