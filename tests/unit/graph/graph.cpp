// SPDX-License-Identifier: MIT
// The graph as a value: nodes, capacity, attributes.
#include <kiln/graph/graph.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

constexpr auto g = [] {
  graph::graph<2> r{};
  graph::node x{};
  x.kind = op::kind_of<op::input_op>;
  x.name = "x";
  x.type = tensor::static_type(f32, 2, 3);
  graph::node t{};
  t.kind = op::kind_of<op::transpose_op>;
  t.count = 1;
  t.operands[0] = static_cast<std::int16_t>(r.push(x));
  t.attributes = op::encode(op::transpose_op::of(1, 0));
  t.type = tensor::static_type(f32, 3, 2);
  r.outputs[0] = {static_cast<std::int16_t>(r.push(t)), "y"};
  r.output_count = 1;
  return r;
}();

static_assert(g.size == 2 && g.capacity == 2);
static_assert(g[0].is<op::input_op>() && !g[0].is<op::weight_op>() && g[0].operand(0) == -1);
static_assert(g[1].is<op::transpose_op>() && g[1].operand(0) == 0);
static_assert(g[1].facts().name == "transpose" && g[1].facts().arity == 1);
static_assert(g[1].attributes_of<op::transpose_op>() == op::transpose_op::of(1, 0));

double half(const void*, const double* x) { return x[0] / 2; }

}  // namespace

TEST_CASE("a callable is its object and its function") {
  const int object = 0;
  const graph::callable f{&object, &half};
  const double x = 3;
  CHECK(f.call(f.object, &x) == 1.5);
  CHECK(f == graph::callable{&object, &half});
  CHECK(f != graph::callable{nullptr, &half});
}

TEST_CASE("nodes can be changed in place") {
  auto changed = g;
  changed[0].name = "z";
  CHECK(changed[0].name == "z");
  CHECK(g[0].name == "x");
}
