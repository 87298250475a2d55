// SPDX-License-Identifier: MIT
// Which nodes are constant, and where values go.
#include <kiln/plan/node_values.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto g = test::linear_graph(4, 5, 6);  // x, w, b, matmul, add, relu

constexpr auto analysed = [] {
  plan::node_values<8> v(g);
  v.find_constants();
  return v.state;
}();
static_assert(!analysed[0].constant && analysed[1].constant && analysed[2].constant);
static_assert(!analysed[1].needed, "only its panels are read");
static_assert(analysed[2].needed);
static_assert(analysed[5].result == 0 && analysed[4].result == -1);

}  // namespace

TEST_CASE("a product with a constant matrix packs at bind") {
  plan::node_values<8> v(g);
  v.find_constants();
  CHECK(v.packs_at_bind(3));
  CHECK_FALSE(v.packs_at_bind(4));
}

TEST_CASE("values get memory by who needs them") {
  plan::node_values<8> v(g);
  v.find_constants();
  for (int i = 0; i < 3; ++i) v.add_source(i);
  CHECK(v.p.tensors[v.destination(5).tensor].at == plan::place::result);
  CHECK(v.p.tensors[v.destination(4).tensor].at == plan::place::shared);
  CHECK(v.p.tensors[v.state[1].value.tensor].at == plan::place::weight);
  CHECK(v.p.inputs == 1);
  CHECK(v.p.weights == 2);
}

TEST_CASE("what is only seen with another shape is written to the result") {
  const auto place_of_sum = [](const tensor::tensor_type& seen) {
    test::graph_builder<8> b;
    const int x = b.input("x", tensor::static_type(f32, 2, 1, 6));
    const int sum = b.add<op::add_op>({x, x});
    b.output(b.reshape(sum, seen));
    const auto h = b.build();
    plan::node_values<8> v(h);
    v.find_constants();
    v.add_source(0);
    const plan::view to = v.destination(sum);
    CHECK(to.rank == 3);
    return v.p.tensors[to.tensor].at;
  };
  CHECK(place_of_sum(tensor::static_type(f32, 2, 6)) == plan::place::result);
  CHECK(place_of_sum(tensor::static_type(f32, 12))
        == plan::place::shared);  // rows of another length
}
