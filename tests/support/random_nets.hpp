// SPDX-License-Identifier: MIT
// Compiles and runs random nets: the emitted code against both oracles.
#pragma once

#include <kiln/graph/describe.hpp>
#include <kiln/plan/schedule.hpp>

#include <support/run_plan.hpp>
#include <support/static_random_graph.hpp>
#include <utility>

namespace kiln::test {

template <std::uint64_t Seed>
struct random_net final {
  static constexpr auto graph = static_random_graph(Seed);
  static constexpr auto plan = kiln::plan::schedule(graph);
};

/// Runs the nets of seeds [First, First + Count).
template <std::uint64_t First, std::uint64_t... I>
void check_random_nets(std::integer_sequence<std::uint64_t, I...>) {
  const auto one = []<std::uint64_t Seed>(std::integral_constant<std::uint64_t, Seed>) {
    using net = random_net<Seed>;
    INFO("seed ", Seed, "\n", kiln::graph::describe(net::graph));
    check_plan<net>(static_cast<unsigned>(Seed));
  };
  (one(std::integral_constant<std::uint64_t, First + I>{}), ...);
}

}  // namespace kiln::test
