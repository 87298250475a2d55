// SPDX-License-Identifier: MIT
// Rules, replaced uses, compaction; what the rewriter refuses.
#include <kiln/graph/rewrite.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto vector = static_type(f32, 8);

// %0 x  %1 = exp(x), dead  %2 = relu(x)  %3 = abs(%2)  %4 = relu(%3)
constexpr auto g = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", vector);
  b.add<op::exp_op>({x});
  const int r = b.add<op::relu_op>({x});
  const int a = b.add<op::abs_op>({r});
  b.output(b.add<op::relu_op>({a}));
  return b.build();
}();

constexpr auto small = graph::compact<4>(g);
static_assert(decltype(small)::capacity == 4 && small.size == 4);
static_assert(small[3].operand(0) == 2 && small.outputs[0].node == 3);
static_assert(small.outputs[0].name == "y" && graph::first_invalid(small) == -1);

constexpr auto shorter = graph::replace_uses(g, 3, 2);
static_assert(shorter.size == 3 && shorter[2].is<op::relu_op>() && shorter[2].operand(0) == 1);

// relu -> negate(negate): a rule that appends nodes, as far as there is room
struct negate_twice final {
  template <std::size_t N>
  constexpr int operator()(graph::rewriter<N>& out, graph::node& n) const {
    if (!n.is<op::relu_op>()) return graph::keep;
    const int inner = out.template make<op::negate_op>({n.operand(0)});
    return out.template become<op::negate_op>(n, {inner});
  }
};
constexpr auto negated = graph::rewrite(g, negate_twice{});
static_assert(graph::count<op::negate_op>(negated) == 4 && negated.size == 6);
static_assert(graph::first_invalid(negated) == -1);
static_assert(graph::count<op::negate_op>(graph::rewrite(graph::compact<5>(g), negate_twice{}))
              == 2);
static_assert(graph::same(graph::rewrite(small, negate_twice{}), small), "no room, no change");

// A rule may name a node to take another's place.
constexpr auto dropped = graph::rewrite(g, [](auto&, graph::node& n) {
  return n.is<op::relu_op>() || n.is<op::abs_op>() ? n.operand(0) : graph::keep;
});
static_assert(dropped.size == 1 && dropped.outputs[0].node == 0);

}  // namespace

TEST_CASE("a change of a node's type is not made") {
  test::graph_builder<8> b;
  const int x = b.input("x", vector);
  const int w = b.weight("w", static_type(f32, 3, 8));
  b.output(b.add<op::add_op>({w, x}));
  const auto before = b.build();
  const auto to_operand = [](auto&, graph::node& n) {
    return n.is<op::add_op>() ? n.operand(1) : graph::keep;
  };
  CHECK(graph::same(graph::rewrite(before, to_operand), before));
  const auto to_relu = [](auto& out, graph::node& n) {
    return n.is<op::add_op>() ? out.template become<op::relu_op>(n, {n.operand(1)}) : graph::keep;
  };
  CHECK(graph::same(graph::rewrite(before, to_relu), before));
  const auto to_first = [](auto& out, graph::node& n) {
    return n.is<op::add_op>() ? out.template become<op::relu_op>(n, {n.operand(0)}) : graph::keep;
  };
  CHECK(graph::count<op::relu_op>(graph::rewrite(before, to_first)) == 1);
}

TEST_CASE("the rewriter knows its operands, constants and room") {
  test::graph_builder<6> b;
  const int x = b.input("x", vector);
  const int w = b.weight("w", vector);
  const int scaled = b.add<op::mul_op>({w, b.constant(2)});
  b.output(b.add<op::add_op>({x, scaled}));
  int seen = 0;
  const auto result = graph::rewrite(b.build(), [&](auto& out, graph::node& n) {
    if (!n.is<op::add_op>()) return graph::keep;
    ++seen;
    CHECK(out.current() == 4);
    CHECK(out.operand(n, 1).template is<op::mul_op>());
    CHECK(!out.is_constant(n.operand(0)));
    CHECK(out.is_constant(n.operand(1)));
    CHECK(out.has_room(1));
    CHECK(!out.has_room(2));
    CHECK(out.constant(3) == 4);
    CHECK(out.constant(3) == -1);
    CHECK(out.template make<op::relu_op>({0}) == -1);
    return graph::keep;
  });
  CHECK(seen == 1);
  CHECK(graph::same(result, b.build()));
}

TEST_CASE("a refused operator is no node") {
  test::graph_builder<8> b;
  const int x = b.input("x", vector);
  b.output(b.add<op::relu_op>({x}));
  (void)graph::rewrite(b.build(), [](auto& out, graph::node&) {
    CHECK(out.template make<op::matmul_op>({0, 0}) == -1);
    CHECK(out.template make<op::relu_op>({-1}) == -1);
    CHECK(out.reshape(0, static_type(f32, 3)) == -1);
    CHECK(out.reshape(0, static_type(f32, 2, 4)) == 1);
    return graph::keep;
  });
}

TEST_CASE("a rule may ask for a weight") {
  test::graph_builder<3> b;
  b.output(b.add<op::relu_op>({b.input("x", vector)}));
  graph::node weight{};
  weight.kind = op::kind_of<op::weight_op>;
  weight.type = vector;
  weight.name = "w";
  int second = 0;
  const auto after = graph::rewrite(b.build(), [&](auto& out, graph::node& n) {
    if (!n.is<op::relu_op>()) return graph::keep;
    const int w = out.make_source(weight);
    CHECK(out.is_constant(w));
    second = out.make_source(weight);
    return graph::rewriter<3>::become<op::add_op>(n, {n.operand(0), w});
  });
  CHECK(graph::find(after, "w") == 1);
  CHECK(second == -1);  // no room
  CHECK(graph::first_invalid(after) == -1);
}

TEST_CASE("symbols and names stay") {
  test::graph_builder<8> b;
  b.symbol("batch", 32);
  auto t = vector;
  t[0] = {1, tensor::product_of(0)};
  b.output(b.add<op::relu_op>({b.input("x", t)}), "probabilities");
  const auto after = graph::compact<4>(b.build());
  CHECK(after.symbol_count == 1);
  CHECK(after.symbols[0].bound == 32);
  CHECK(after.outputs[0].name == "probabilities");
  CHECK(after[1].type[0] == t[0]);
}
