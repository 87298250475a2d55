// SPDX-License-Identifier: MIT
// The plan of a specialized graph computes what the graph means, nearly always from the same packed
// weights.
#include <kiln/graph/query.hpp>
#include <kiln/plan/same_preparation.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/plan/specialize.hpp>
#include <kiln/plan/variants.hpp>

#include <support/plan_law.hpp>

using namespace kiln;

namespace {

// Inputs whose symbols have values that the guard lets through.
template <std::size_t N>
reference::inputs inputs_for(graph::graph<N> g, const plan::guard& w, std::uint64_t seed) {
  test::random_source random(seed);
  for (std::size_t s = 0; s < static_cast<std::size_t>(g.symbol_count); ++s) {
    const auto value = static_cast<std::int32_t>(random.from(w.of[s].low, w.of[s].high));
    g = plan::specialize(g, [&] {
      plan::guard one = plan::any_value(g.symbols, g.symbol_count);
      one.of[s] = {value, value};
      return one;
    }());
  }
  auto in = test::random_inputs(g, seed);
  for (std::size_t s = 0; s < static_cast<std::size_t>(g.symbol_count); ++s) {
    in.symbols[s] = g.symbols[s].bound;
  }
  return in;
}

template <class Rule>
void check_rule(std::uint64_t first, std::uint64_t end, Rule rule) {
  int dynamic = 0, shared = 0;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const auto g = test::plan_graph(seed);
    if (g.symbol_count == 0) continue;
    const auto general = plan::schedule(g);
    const plan::guard_list list = rule(g.symbols, g.symbol_count);
    for (int i = 0; i < list.size; ++i) {
      INFO("seed ", seed, ", variant ", i);
      const auto in = inputs_for(g, list[i], seed);
      REQUIRE(list[i].holds(in.symbols.data()));
      const auto own = plan::specialize(g, list[i]);
      REQUIRE(graph::first_invalid(own) == -1);
      const auto p = plan::schedule(own);
      ++dynamic;
      shared += plan::same_preparation(p, general) ? 1 : 0;
      const auto expected = reference::interpret(g, in);
      CHECK(test::plan_problem(p, own, in, expected, {reference::storage::placed, seed}) == "");
    }
  }
  CHECK(dynamic * 5 > static_cast<int>(end - first));
  // Others are not variants of one net: they pack what the general plan reads as it is.
  CHECK(shared * 100 > dynamic * 95);
}

}  // namespace

TEST_CASE("interpret_plan(schedule(specialize(g))) == interpret(g): one value and the rest") {
  check_rule(0, 1200, plan::single_or_many);
}

TEST_CASE("intervals and values other than 1") {
  check_rule(1200, 1800, [](const tensor::symbol_table& table, int symbols) {
    plan::guard_list list{};
    plan::guard w = plan::any_value(table, symbols);
    w.of[0].high = 3;
    list.push(w);
    for (std::size_t s = 0; s < static_cast<std::size_t>(symbols); ++s) w.of[s] = {3, 3};
    list.push(w);
    return list;
  });
}
