// SPDX-License-Identifier: MIT
// What every plan owes its graph: the same results, from memory that is never misused.
#pragma once

#include <kiln/plan/place_scratch.hpp>
#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>

namespace kiln::test {

/// How far a plan's results may be from the oracle's.
enum class closeness {
  same_bits,     // the plan evaluates every sum in the oracle's order
  rounded,       // it may split sums
  within_bounds  // it may keep f32 where the graph rounds to a shorter type
};

namespace detail {

inline std::string first_difference(const reference::tensor& want,
                                    const reference::tensor& found,
                                    closeness wanted) {
  if (want.extents != found.extents) return "other extents";
  if (wanted == closeness::rounded) return compare_f64(want, found).problem;
  if (wanted == closeness::within_bounds) return compare_rounded(want, found).problem;
  for (std::size_t i = 0; i < want.elems(); ++i) {
    const double a = want.value[i];
    const double b = found.value[i];
    if (a == b || (a != a && b != b)) continue;
    if (std::isinf(want.bound[i])) continue;  // behind an overflow nothing is promised
    std::ostringstream text;
    text.precision(17);
    text << "element " << i << ": " << b << " instead of " << a;
    return text.str();
  }
  return {};
}

}  // namespace detail

/// What is wrong with a plan, or nothing: interprets it and compares with the values of its graph.
template <std::size_t N, std::size_t G>
std::string plan_problem(const plan::plan<N>& p,
                         const graph::graph<G>& g,
                         const reference::inputs& in,
                         const reference::values& expected,
                         const reference::plan_options& options = {},
                         closeness wanted = closeness::same_bits) {
  try {
    const auto outputs = reference::interpret_plan(p, g, in, options);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const auto problem = detail::first_difference(expected.output(k), outputs[k], wanted);
      if (!problem.empty()) return "output " + std::to_string(k) + ", " + problem;
    }
  } catch (const error& e) {
    return e.what();
  }
  return {};
}

/// A random graph for plans: in every second one the first dynamic extent is long, so that loops
/// over blocks of rows take several steps, the last of them shorter.
inline graph::graph<64> plan_graph(std::uint64_t seed) {
  graph_options options{};
  if (seed % 4 == 0) options.operators = 26;
  options.convolutions = seed % 3 != 0;
  auto g = random_graph(seed, options);
  if (seed % 2 != 0 && g.symbol_count > 0) g.symbols[0].bound = 100;
  return g;
}

/// Checks `make(trivial plan's graph)` on random graphs: with each tensor in memory of its own, and
/// where place_scratch puts it.
template <class Make>
void check_plans(std::uint64_t first, std::uint64_t end, Make make) {
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const auto g = plan_graph(seed);
    const auto in = random_inputs(g, seed);
    const auto expected = reference::interpret(g, in);
    const auto p = make(g);
    INFO("seed ", seed);
    CHECK(plan_problem(p, g, in, expected, {reference::storage::separate, seed}) == "");
    const auto placed = plan::place_scratch(p);
    CHECK(plan_problem(placed, g, in, expected, {reference::storage::placed, seed}) == "");
  }
}

}  // namespace kiln::test
