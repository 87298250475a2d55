// SPDX-License-Identifier: MIT
// Laws of passes on random graphs: the meaning stays, a second run changes nothing, graphs stay
// valid, inputs and weights stay.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/pass/to_int8.hpp>

#include <doctest/doctest.h>

#include <support/random_graph.hpp>
#include <support/tolerance.hpp>

namespace {

using namespace kiln;

constexpr std::uint64_t graphs = 3000;
// Far apart streams of random numbers, whatever a source makes of neighbouring seeds.
constexpr std::uint64_t stream = 0xd1342543de82ef95U;

// Room for the nodes that passes add.
using roomy = graph::graph<256>;

using compare_fn = test::comparison (*)(const reference::tensor&, const reference::tensor&);

// The same graph, dead nodes included.
roomy widened(const graph::graph<64>& from) {
  roomy g{};
  for (int i = 0; i < from.size; ++i) g.push(from[i]);
  g.outputs = from.outputs;
  g.output_count = from.output_count;
  g.symbols = from.symbols;
  g.symbol_count = from.symbol_count;
  return g;
}

// A random graph, what it computes, and on what.
struct example final {
  roomy g{};
  reference::inputs in;
  reference::values meaning;

  explicit example(std::uint64_t seed) {
    test::graph_options options{};
    options.casts = seed % 4 == 0;
    g = widened(test::random_graph(seed * stream, options));
    in = test::random_inputs(g, seed * stream);
    meaning = reference::interpret(g, in);
  }
};

void check_same_meaning(const example& e, const roomy& after, compare_fn compare) {
  REQUIRE(graph::first_invalid(after) == -1);
  REQUIRE(after.output_count == e.g.output_count);
  const reference::values now = reference::interpret(after, e.in);
  for (std::size_t i = 0; i < e.meaning.outputs.size(); ++i) {
    CHECK(now.outputs[i].first == e.meaning.outputs[i].first);
    const auto result = compare(e.meaning.output(i), now.output(i));
    INFO("output ", i, ": ", result.problem);
    CHECK(result);
  }
  for (int i = 0; i < e.g.size; ++i) {
    if (graph::is_interface(e.g[i])) CHECK(graph::find(after, e.g[i].name) >= 0);
  }
}

// Runs the laws on all graphs. A pass that changes hardly any of them is not tested by them.
template <class Pass>
void check_laws(const Pass& pass, compare_fn compare, int least_changed) {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < graphs; ++seed) {
    const example e(seed);
    REQUIRE(graph::first_invalid(e.g) == -1);
    const roomy after = pass(e.g);
    CAPTURE(seed);
    INFO("before:\n", graph::describe(e.g), "after:\n", graph::describe(after));
    check_same_meaning(e, after, compare);
    const roomy twice = pass(after);
    INFO("twice:\n", graph::describe(twice));
    CHECK(graph::same(twice, after));
    changed += graph::same(after, graph::compact<256>(e.g)) ? 0 : 1;
  }
  MESSAGE(pass.name, " changed ", changed, " of ", graphs, " graphs");
  CHECK(changed >= least_changed);
}

}  // namespace

TEST_CASE("merge_equal") { check_laws(pass::merge_equal, test::compare_f64, 300); }
TEST_CASE("canonicalize") { check_laws(pass::canonicalize, test::compare_f64, 300); }
// Folding rounds a number to f32 where the oracle does not.
TEST_CASE("fold_constants") { check_laws(pass::fold_constants, test::compare_rounded, 300); }
TEST_CASE("simplify") { check_laws(pass::simplify, test::compare_f64, 200); }
TEST_CASE("fold_batch_norm") { check_laws(pass::fold_batch_norm, test::compare_f64, 50); }

// Quantisation of what random graphs multiply by weights; its ranges are a weight more.
TEST_CASE("low_precision") {
  int products = 0, settled = 0;
  for (std::uint64_t seed = 0; seed < graphs; ++seed) {
    example e(seed);
    e.g = pass::to_int8(e.g);
    if (graph::find(e.g, pass::to_int8.weight) < 0) continue;
    e.in = test::random_inputs(e.g, seed * stream);
    e.meaning = reference::interpret(e.g, e.in);
    const roomy after = pass::low_precision(e.g);
    CAPTURE(seed);
    INFO("before:\n", graph::describe(e.g), "after:\n", graph::describe(after));
    check_same_meaning(e, after, test::compare_rounded);
    if (e.g.size + pass::low_precision.room(e.g) <= 256) {  // else something may be left
      CHECK(graph::same(pass::low_precision(after), after));
      ++settled;
    }
    check_same_meaning(e, pass::optimize(e.g), test::compare_rounded);
    for (int i = 0; i < after.size; ++i) {
      const auto group = after[i].facts().group;
      const bool product = group == op::category::contraction || group == op::category::convolution;
      products += product && after[i].type.element == s32 ? 1 : 0;
    }
  }
  MESSAGE("low_precision made ", products, " products of integers; had room in ", settled);
  CHECK(products >= 300);
  CHECK(settled >= 300);
}

TEST_CASE("drop_dead keeps what is needed, and nothing else") {
  int dropped = 0;
  for (std::uint64_t seed = 0; seed < graphs; ++seed) {
    const example e(seed);
    const roomy after = pass::drop_dead(e.g);
    CAPTURE(seed);
    check_same_meaning(e, after, test::compare_f64);
    CHECK(graph::same(pass::drop_dead(after), after));
    const auto live = graph::live_nodes(after);
    for (int i = 0; i < after.size; ++i) CHECK(live[static_cast<std::size_t>(i)]);
    dropped += after.size < e.g.size ? 1 : 0;
  }
  MESSAGE("drop_dead changed ", dropped, " of ", graphs, " graphs");
  CHECK(dropped >= 300);
}

TEST_CASE("the default pipeline keeps the meaning") {
  for (std::uint64_t seed = graphs; seed < 2 * graphs; ++seed) {
    const example e(seed);
    const roomy after = pass::optimize(e.g);
    CAPTURE(seed);
    INFO("before:\n", graph::describe(e.g), "after:\n", graph::describe(after));
    check_same_meaning(e, after, test::compare_rounded);
  }
}
