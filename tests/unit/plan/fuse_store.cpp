// SPDX-License-Identifier: MIT
// What joins a store program and what does not.
#include <kiln/plan/describe.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto p = plan::fuse_store(plan::trivial(test::linear_graph(4, 5, 6)));
static_assert(p.groups.size - p.prepare_groups == 1, "bias and activation join the product");
static_assert(p.stages[p.stages.size - 1].kind == plan::anchor::matmul);
static_assert(p.stages[p.stages.size - 1].instructions == 2);

constexpr auto vector = tensor::static_type(f32, 7);

template <class Make>
auto fused(Make make) {
  test::graph_builder<16> b;
  make(b);
  return plan::fuse_store(plan::trivial(b.build()));
}

}  // namespace

TEST_CASE("what others read is stored, what nobody else reads is not") {
  const auto q = fused([](auto& b) {
    const int a = b.template add<op::relu_op>({b.input("x", vector)});
    b.output(b.template add<op::tanh_op>({a}));
    b.output(b.template add<op::exp_op>({a}));
  });
  REQUIRE(q.groups.size == 1);
  CHECK(q.stages[0].instructions == 3);
  CHECK(q.stages[0].stores == 2);
}

TEST_CASE("a map that reads its operand in another order too does not join") {
  const auto q = fused([](auto& b) {
    const auto square = tensor::static_type(f32, 3, 3);
    const int a = b.template add<op::relu_op>({b.input("x", square)});
    op::transpose_op::attributes turn{};
    turn.order[0] = 1;
    turn.order[1] = 0;
    b.output(b.template add<op::add_op>({a, b.template add<op::transpose_op>({a}, turn)}));
  });
  CHECK(q.groups.size == 2);
}

TEST_CASE("a second run changes nothing") {
  const auto g = test::linear_graph(4, 5, 6);
  CHECK(plan::describe(plan::fuse_store(p), g) == plan::describe(p, g));
}

TEST_CASE("a program stores only so many results") {
  test::graph_builder<160> b;
  int h = b.input("x", tensor::static_type(f32, 3, 7));
  int sum = -1;
  for (int i = 0; i < 30; ++i) {  // every one is read by a reduction too
    h = b.add<op::relu_op>({b.add<op::negate_op>({h})});
    const int most = b.add<op::reduce_max_op>({h}, {2, 0});
    sum = sum < 0 ? most : b.add<op::add_op>({sum, most});
  }
  b.output(sum);
  const auto q = plan::fuse_store(plan::trivial(b.build()));
  for (int s = 0; s < q.stages.size; ++s) {
    CHECK(q.stages[s].stores <= plan::max_program_stores);
    CHECK(q.stages[s].loads <= plan::max_program_loads);
  }
  CHECK(q.groups.size < 60);
}
