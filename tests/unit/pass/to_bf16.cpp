// SPDX-License-Identifier: MIT
// Products by weights on bf16.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/pass/to_bf16.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

// Two layers and a product of two inputs, which has no weights.
constexpr auto net = [] {
  test::graph_builder<200> b;
  const int x = b.input("x", static_type(f32, 4, 8));
  const int h =
      b.add<op::relu_op>({b.add<op::matmul_op>({x, b.weight("w1", static_type(f32, 8, 4))})});
  const int y = b.add<op::matmul_op>({h, b.weight("w2", static_type(f32, 4, 4))});
  b.output(b.add<op::matmul_op>({y, y}));
  return b.build();
}();

constexpr auto halves = pass::to_bf16(net);
static_assert(pass::adds_nodes<pass::to_bf16_fn>);
static_assert(graph::first_invalid(halves) == -1);
static_assert(graph::same(pass::to_bf16(halves), halves));
static_assert(halves.size <= net.size + pass::to_bf16.room(net));

constexpr int products_of(tensor::dtype element) {
  int found = 0;
  for (int i = 0; i < halves.size; ++i) {
    found += halves[i].is<op::matmul_op>() && halves[i].type.element == element ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("two products by weights, one of inputs") {
  CHECK(products_of(bf16) == 2);
  CHECK(products_of(f32) == 1);
}
