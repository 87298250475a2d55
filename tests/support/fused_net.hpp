// SPDX-License-Identifier: MIT
// Nets of which a test says what their plan fuses: how many stages are left, and that emitted code
// and interpreted plan mean what the graph means.
#pragma once

#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <support/plan_law.hpp>
#include <support/run_plan.hpp>

namespace kiln::test {

/// Stages of run that compute something by themselves.
template <class Net>
constexpr int stages_of_run() {
  int n = 0;
  const auto& p = Net::plan;
  for (int i = p.groups[p.prepare_groups].first; i < p.items.size; ++i) n += !p.items[i].is_loop;
  return n;
}

/// Runs the net on one thread and on teams, and interprets its plan.
template <class Net>
void check_emitted_and_interpreted() {
  check_plan<Net>(1);
  check_plan_with_teams<Net>(2);
  const auto& g = Net::graph;
  const auto in = random_inputs(g, 3);
  const auto expected = reference::interpret(g, in);
  CHECK(plan_problem(Net::plan, g, in, expected, {reference::storage::placed, 3}) == "");
}

}  // namespace kiln::test
