// SPDX-License-Identifier: MIT
// Groups of trivial plans.
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto p = plan::trivial(test::linear_graph(4, 5, 6));
static_assert(p.prepare_groups == 2, "the bias is copied, the weight is packed");
static_assert(p.groups.size - p.prepare_groups == 3, "one group an operator");
static_assert(p.inputs == 1 && p.weights == 2 && p.results == 1);

}  // namespace

TEST_CASE("a product with a constant matrix packs at bind, one with an input in run") {
  test::graph_builder<8> b;
  const auto square = tensor::static_type(f32, 3, 3);
  const int x = b.input("x", square);
  const int w = b.weight("w", square);
  const int y = b.add<op::matmul_op>({x, w});
  b.output(b.add<op::matmul_op>({y, x}));
  const auto q = plan::trivial(b.build());
  REQUIRE(q.prepare_groups == 1);
  CHECK(q.stages[q.items[q.groups[0].first].index].kind == plan::anchor::pack);
  const plan::group& last = q.groups[q.groups.size - 1];
  REQUIRE(last.items == 2);
  CHECK(q.stages[q.items[last.first].index].kind == plan::anchor::pack);
  CHECK(q.stages[q.items[last.first + 1].index].kind == plan::anchor::matmul);
}

TEST_CASE("one node may be several results") {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(f32, 3));
  const int y = b.add<op::relu_op>({x});
  b.output(y, "a");
  b.output(y, "b");
  b.output(x, "c");
  const auto q = plan::trivial(b.build());
  CHECK(q.groups.size == 3);
  CHECK(q.results == 3);
}

TEST_CASE("transposes, slices and reshapes of dense tensors are views") {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(f32, 4, 6));
  op::transpose_op::attributes order{};
  order.order[0] = 1;
  order.order[1] = 0;
  const int t = b.add<op::transpose_op>({b.add<op::relu_op>({x})}, order);
  b.output(b.add<op::tanh_op>({b.add<op::slice_op>({t}, {0, 2, 6, 1})}));
  CHECK(plan::trivial(b.build()).groups.size == 2);
}

TEST_CASE("a map has the axes of what it follows, but for some of extent 1") {
  const auto axes_behind = [](const tensor::tensor_type& seen) {
    test::graph_builder<8> b;
    const int x = b.input("x", tensor::static_type(f32, 2, 1, 6));
    const int y = b.reshape(b.add<op::tanh_op>({x}), seen);
    b.output(b.add<op::relu_op>({b.add<op::relu_op>({y})}));
    const auto q = plan::trivial(b.build());
    return int{q.stages[q.stages.size - 1].rank};
  };
  CHECK(axes_behind(tensor::static_type(f32, 2, 6)) == 3);
  CHECK(axes_behind(tensor::static_type(f32, 1, 2, 1, 6)) == 3);
  CHECK(axes_behind(tensor::static_type(f32, 4, 3)) == 2);
  CHECK(axes_behind(tensor::static_type(f32, 2, 6, 1)) == 3);  // its own: the last axis is short
}
