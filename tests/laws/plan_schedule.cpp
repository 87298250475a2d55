// SPDX-License-Identifier: MIT
// The plan of the default moves computes what its graph computes, for every kind of machine.
#include <kiln/plan/schedule.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

TEST_CASE("interpret_plan(schedule(g)) == interpret(g)") {
  for (std::uint64_t seed = 10000; seed < 12500; ++seed) {
    const auto g = test::plan_graph(seed);
    const auto in = test::random_inputs(g, seed);
    const auto expected = reference::interpret(g, in);
    core::target machine = core::native;
    constexpr core::isa all[] = {
        core::isa::scalar, core::isa::portable, core::isa::avx2, core::isa::avx512};
    machine.isa = all[seed % 4];
    machine.lanes = seed % 4 == 3 ? 16 : seed % 4 == 2 ? 8 : seed % 4 == 1 ? 4 : 1;
    machine.registers = seed % 4 == 3 ? 32 : 16;
    const auto p = plan::moves_for(machine)(plan::trivial(g));
    INFO("seed ", seed, ", machine ", name_of(machine.isa));
    CHECK(test::plan_problem(
              p, g, in, expected, {reference::storage::placed, seed}, test::closeness::rounded)
          == "");
  }
}
