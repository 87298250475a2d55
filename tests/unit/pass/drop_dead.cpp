// SPDX-License-Identifier: MIT
// What stays and what goes.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/drop_dead.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto before = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(f32, 8));
  b.add<op::exp_op>({x});
  b.output(b.add<op::relu_op>({x}));
  return b.build();
}();

static_assert(graph::describe_into<256>(pass::drop_dead(before)).view() ==
              "%0 = input \"x\" : f32[8]\n"
              "%1 = relu(%0) : f32[8]\n"
              "return y = %1\n");

}  // namespace

TEST_CASE("inputs and weights that nobody reads stay, numbers and tables go") {
  static constexpr float values[4]{};
  test::graph_builder<8> b;
  b.input("unread", static_type(f32, 4));
  b.weight("too", static_type(f32, 4));
  b.constant(1);
  b.table(values, static_type(f32, 4));
  const int x = b.input("x", static_type(f32, 4));
  b.output(x);
  const auto after = pass::drop_dead(b.build());
  CHECK(after.size == 3);
  CHECK(graph::find(after, "unread") == 0);
  CHECK(graph::find(after, "too") == 1);
  CHECK(after.outputs[0].node == 2);
  CHECK(after[2].slot == 1);
}

TEST_CASE("chains of dead nodes go at once") {
  test::graph_builder<16> b;
  const int x = b.input("x", static_type(f32, 4));
  int dead = x;
  for (int i = 0; i < 10; ++i) dead = b.add<op::exp_op>({dead});
  b.output(b.add<op::relu_op>({x}));
  CHECK(pass::drop_dead(b.build()).size == 2);
}
