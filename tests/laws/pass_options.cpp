// SPDX-License-Identifier: MIT
// Laws of the rewrites that need a licence: each stays within the bound that it is given for.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/graph_builder.hpp>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>

namespace {

using namespace kiln;

constexpr std::uint64_t graphs = 3000;
// Far apart streams of random numbers, whatever a source makes of neighbouring seeds.
constexpr std::uint64_t stream = 0xd1342543de82ef95U;
using roomy = graph::graph<256>;
using compare_fn = test::comparison (*)(const reference::tensor&, const reference::tensor&);

// Numbers become multiples of 1/4, small ones 2^-10: sums and products of two of them are exact in
// f32, so that their reassociation is exact in the oracle.
roomy with_short_numbers(std::uint64_t seed) {
  roomy g = graph::compact<256>(test::random_graph(seed * stream));
  for (int i = 0; i < g.size; ++i) {
    const float value = g[i].value;
    if (value == 0) continue;
    const bool small = std::fabs(value) < 0.25F;
    g[i].value = small ? std::copysign(0x1p-10F, value) : std::nearbyint(4 * value) / 4;
  }
  return g;
}

int count_changes(const pass::options& allowed, compare_fn compare) {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < graphs; ++seed) {
    const roomy g = pass::canonicalize(with_short_numbers(seed));
    const pass::simplify_fn licensed{allowed};
    const roomy after = licensed(g);
    if (graph::same(after, pass::simplify(g))) continue;
    ++changed;
    CAPTURE(seed);
    INFO("before:\n", graph::describe(g), "after:\n", graph::describe(after));
    CHECK(graph::first_invalid(after) == -1);
    CHECK(graph::same(licensed(after), after));
    const auto in = test::random_inputs(g, seed * stream);
    const auto meaning = reference::interpret(g, in);
    const auto now = reference::interpret(after, in);
    for (std::size_t i = 0; i < meaning.outputs.size(); ++i) {
      const auto result = compare(meaning.output(i), now.output(i));
      INFO("output ", i, ": ", result.problem);
      CHECK(result);
    }
  }
  return changed;
}

}  // namespace

TEST_CASE("reciprocals stay within the bound of the division") {
  CHECK(count_changes({.reciprocal = true}, test::compare_rounded) > 20);
}

TEST_CASE("zeros of either sign are one number") {
  CHECK(count_changes({.ignore_zero_sign = true}, test::compare_f64) > 20);
}

TEST_CASE("numbers and weights are gathered") {
  CHECK(count_changes({.reassociate = true}, test::compare_f64) > 20);
}

TEST_CASE("a gathered sum rounds like any order of it") {
  test::random_source random(1);
  for (int round = 0; round < 2000; ++round) {
    test::graph_builder<64> b;
    const int x = b.input("x", tensor::static_type(f32));
    int sum = x, product = x;
    const float value = random.between(-2, 2);
    double size = std::fabs(static_cast<double>(value)), scale = size;
    const int terms = random.from(2, 6);
    for (int i = 0; i < terms; ++i) {
      const float c = random.between(-2, 2);
      sum = b.add<op::add_op>({sum, b.constant(c)});
      product = b.add<op::mul_op>({product, b.constant(c)});
      size += std::fabs(static_cast<double>(c));
      scale *= std::fabs(static_cast<double>(c));
    }
    b.output(sum, "sum");
    b.output(product, "product");
    const auto g = b.build();
    const auto after = pass::simplify_fn{{.reassociate = true}}(g);
    CHECK(graph::count<op::add_op>(after) == 1);
    CHECK(graph::count<op::mul_op>(after) == 1);
    reference::inputs in;
    in.tensors.emplace("x", reference::tensor({}, {static_cast<double>(value)}));
    const auto before = reference::interpret(g, in), now = reference::interpret(after, in);
    const double units = terms * 0x1p-24;
    CHECK(std::fabs(before.output(0).value[0] - now.output(0).value[0]) <= units * size);
    CHECK(std::fabs(before.output(1).value[0] - now.output(1).value[0]) <= units * scale);
  }
}
