// SPDX-License-Identifier: MIT
// Questions about one small graph, at compile time, and broken graphs.
#include <kiln/graph/query.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto rows = static_type(f32, 2, 4);
constexpr auto square = static_type(f32, 4, 4);

// %0 x  %1 w  %2 = x w  %3 = %2 + %2  %4 = exp(w)  %5 = relu(%3)  %6 = 1, dead  %7 = w2, unused
constexpr auto g = [] {
  test::graph_builder<12> b;
  const int x = b.input("x", rows);
  const int w = b.weight("w", square);
  const int product = b.add<op::matmul_op>({x, w});
  const int sum = b.add<op::add_op>({product, product});
  const int table = b.add<op::exp_op>({w});
  const int y = b.add<op::relu_op>({sum});
  b.constant(1);
  b.weight("w2", square);
  b.output(y, "y");
  b.output(table, "t");
  return b.build();
}();

static_assert(graph::first_invalid(g) == -1);
static_assert(graph::is_interface(g[0]) && graph::is_interface(g[1]) && !graph::is_interface(g[6]));
static_assert(graph::is_scalar_constant(g[6]) && !graph::is_scalar_constant(g[0]));
static_assert(graph::is_constant(g[6], 1) && !graph::is_constant(g[6], 2));

constexpr auto live = graph::live_nodes(g);
static_assert(live[0] && live[1] && live[2] && live[3] && live[4] && live[5] && !live[6]);
static_assert(live[7], "a weight is part of the interface");

constexpr auto constant = graph::constant_nodes(g);
static_assert(!constant[0] && constant[1] && !constant[2] && constant[4] && constant[6]);

constexpr auto uses = graph::use_counts(g);
static_assert(uses[0] == 1 && uses[1] == 2 && uses[2] == 2 && uses[4] == 1 && uses[5] == 1);

constexpr auto users = graph::users_of(g);
static_assert(users.count(1) == 2 && users.user(1, 0) == 2 && users.user(1, 1) == 4);
static_assert(users.count(2) == 2 && users.user(2, 0) == 3 && users.user(2, 1) == 3);
static_assert(users.count(5) == 0 && users.count(7) == 0);

static_assert(graph::find<op::add_op>(g) == 3 && graph::find<op::add_op>(g, 4) == -1);
static_assert(graph::find(g, "w2") == 7 && graph::find(g, "y") == -1);
static_assert(graph::count<op::weight_op>(g) == 2);

constexpr graph::node number(float value) {
  graph::node n{};
  n.kind = op::kind_of<op::constant_op>;
  n.value = value;
  return n;
}
static_assert(graph::same(number(1), number(1)) && !graph::same(number(0.0F), number(-0.0F)));
static_assert(graph::same(g, g));

}  // namespace

TEST_CASE("equal graphs differ in no node and no output") {
  auto other = g;
  CHECK(graph::same(g, other));
  other[3].operands[1] = 0;
  CHECK(!graph::same(g, other));
  other = g;
  other.outputs[0].name = "z";
  CHECK(!graph::same(g, other));
  other = g;
  other.output_count = 1;
  CHECK(!graph::same(g, other));
  other = g;
  other[1].name = "v";
  CHECK(!graph::same(g, other));
}

TEST_CASE("everything that says what a node computes counts") {
  static constexpr float values[1]{};
  const auto differs = [](auto change) {
    graph::node n = g[2];
    change(n);
    return !graph::same(n, g[2]);
  };
  CHECK(!differs([](graph::node&) {}));
  CHECK(differs([](graph::node& n) { n.kind = op::kind_of<op::mul_op>; }));
  CHECK(differs([](graph::node& n) { n.count = 1; }));
  CHECK(differs([](graph::node& n) { n.slot = 0; }));
  CHECK(differs([](graph::node& n) { n.attributes[1] = 1; }));
  CHECK(differs([](graph::node& n) { n.type = square; }));
  CHECK(differs([](graph::node& n) { n.table = values; }));
  CHECK(differs([](graph::node& n) { n.user.object = values; }));
}

TEST_CASE("NaN numbers are equal when their bits are") {
  const float nan = std::bit_cast<float>(0x7fc00000U);
  CHECK(graph::same(number(nan), number(nan)));
  CHECK(graph::is_constant(number(nan), nan));
}

TEST_CASE("a broken law is found at its node") {
  auto broken = g;
  broken[3].operands[1] = 3;
  CHECK(graph::first_invalid(broken) == 3);
  broken = g;
  broken[2].type = square;
  CHECK(graph::first_invalid(broken) == 2);
  broken = g;
  broken[5].count = 2;
  CHECK(graph::first_invalid(broken) == 5);
  broken = g;
  broken.outputs[1].node = 8;
  CHECK(graph::first_invalid(broken) == g.size);
}
