// SPDX-License-Identifier: MIT
// Extents of one value become numbers, the other symbols keep their places.
#include <kiln/graph/query.hpp>
#include <kiln/plan/specialize.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;

constexpr auto original = [] {
  test::graph_builder<8> b;
  b.symbol("batch", 9);
  b.symbol("steps", 4);
  tensor::tensor_type type = test::shape(1, 1, 6);
  type[0] = {2, tensor::product_of(0)};
  type[1] = {3, tensor::product_of(0, 1)};
  b.output(b.template add<op::relu_op>({b.input("x", type)}));
  return b.build();
}();

constexpr plan::guard batch_is_5 = [] {
  plan::guard w = plan::any_value(original.symbols, original.symbol_count);
  w.of[0] = {5, 5};
  w.of[1] = {1, 3};
  return w;
}();
constexpr auto g = plan::specialize(original, batch_is_5);

static_assert(g[1].type[0] == tensor::dim{10});
static_assert(g[1].type[1] == tensor::dim{15, tensor::product_of(1)}, "the other symbol stays");
static_assert(g[1].type[2] == tensor::dim{6});
static_assert(g[0].type == g[1].type);
static_assert(g.symbol_count == 2 && g.symbols[1].bound == 3);
static_assert(graph::first_invalid(g) == -1);

}  // namespace

TEST_CASE("a guard for all values changes nothing") {
  const auto all = plan::any_value(original.symbols, original.symbol_count);
  CHECK(graph::same(plan::specialize(original, all), original));
}
