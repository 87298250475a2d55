// SPDX-License-Identifier: MIT
// to_int8 reaches every product of a chain, however many there are.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/pass/to_int8.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

template <int Products, class Between>
constexpr auto chain() {
  constexpr std::string_view names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  test::graph_builder<96> b;
  int x = b.input("x", static_type(f32, 5, 16));
  for (int i = 0; i < Products; ++i) {
    x = b.add<op::matmul_op>({x, b.weight(names[i], static_type(f32, 16, 16))});
    if (i + 1 < Products) x = b.add<Between>({x});
  }
  b.output(x);
  return b.build();
}

template <int Products, class Between>
struct net final {
  static constexpr auto built = chain<Products, Between>();
  static constexpr auto graph = graph::compact<static_cast<std::size_t>(built.size)>(built);
  static constexpr auto passes = pass::optimize.after(pass::to_int8);
};

template <int Products, class Between>
constexpr int integer_products() {
  using one = net<Products, Between>;
  const auto& g = pass::graph_after<one::passes, one::graph, one::passes.size>;
  int count = 0;
  for (int i = 0; i < g.size; ++i) {
    count += g[i].template is<op::matmul_op>() && g[i].type.element == s32 ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("every product of a chain runs on integers") {
  CHECK(integer_products<1, op::relu_op>() == 1);
  CHECK(integer_products<3, op::relu_op>() == 3);
  CHECK(integer_products<4, op::relu_op>() == 4);
  CHECK(integer_products<10, op::relu_op>() == 10);
  CHECK(integer_products<5, op::tanh_op>() == 5);
}
