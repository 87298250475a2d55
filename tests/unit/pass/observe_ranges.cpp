// SPDX-License-Identifier: MIT
// The ranges of what enters each product, as an output.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/observe_ranges.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <unit/pass/two_layers.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr const auto& net = test::two_layers;
using obstacle = pass::observe_ranges_fn::obstacle;

constexpr auto observed = pass::observe_ranges(net);
static_assert(pass::adds_nodes<pass::observe_ranges_fn>);
static_assert(graph::first_invalid(observed) == -1 && observed.output_count == 2);
static_assert(observed[observed.outputs[1].node].type == static_type(f32, 2, 2));
static_assert(graph::same(pass::observe_ranges(observed), observed));
static_assert(observed.size <= net.size + pass::observe_ranges.room(net));

}  // namespace

TEST_CASE("least and greatest, in the order of the products") {
  reference::inputs in;
  in.tensors["x"] = reference::tensor({4, 8});
  in.tensors["w1"] = reference::tensor({8, 4});
  in.tensors["w2"] = reference::tensor({4, 4});
  auto& x = in.tensors["x"].value;
  x[3] = -2;
  x[9] = 5;
  in.tensors["w1"].value[13] = 3;  // row 3, column 1: -6, cut off
  in.tensors["w1"].value[4] = 2;   // row 1, column 0: 10
  const auto all = reference::interpret(observed, in);
  CHECK(all.output("ranges").value == std::vector<double>{-2, 5, 0, 10});
}
TEST_CASE("twenty products are joined in two steps") {
  test::graph_builder<300> b;
  int x = b.input("x", static_type(f32, 4, 4));
  for (int i = 0; i < 20; ++i) {
    x = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 4, 4))});
  }
  b.output(x);
  const auto g = pass::observe_ranges(b.build());
  CHECK(graph::first_invalid(g) == -1);
  CHECK((g[g.outputs[1].node].type == static_type(f32, 20, 2)));
}
TEST_CASE("nothing to observe, or no room") {
  const auto small = graph::compact<9>(net);
  CHECK(pass::observe_ranges(small).output_count == 1);
  test::graph_builder<8> b;
  b.output(b.add<op::relu_op>({b.input("x", static_type(f32, 4))}));
  CHECK(pass::observe_ranges(b.build()).output_count == 1);
  CHECK(pass::observe_ranges.obstacle_in(b.build()) == obstacle::no_product);
}
TEST_CASE("as many outputs as a graph may have, or one of that name") {
  CHECK(pass::observe_ranges.obstacle_in(net) == obstacle::none);
  auto g = net;
  g.outputs[0].name = "ranges";
  CHECK(pass::observe_ranges.obstacle_in(g) == obstacle::name_taken);
  CHECK(graph::same(pass::observe_ranges(g), g));
  g.outputs.fill(net.outputs[0]);
  g.output_count = graph::max_outputs;
  CHECK(pass::observe_ranges.obstacle_in(g) == obstacle::outputs);
  CHECK(pass::observe_ranges(g).output_count == graph::max_outputs);
}
