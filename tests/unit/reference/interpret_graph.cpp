// SPDX-License-Identifier: MIT
// Tests of reference/interpret_graph.hpp.
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>

namespace {

using kiln::graph::graph;
using kiln::graph::node;
using kiln::op::kind_of;
using kiln::reference::inputs;
using kiln::reference::interpret;
using kiln::reference::tensor;
using kiln::tensor::static_type;

node source(kiln::op::kind kind, std::string_view name, const kiln::tensor::tensor_type& type) {
  node n{};
  n.kind = kind;
  n.name = name;
  n.type = type;
  return n;
}

template <class Op, std::size_t N>
int append(graph<N>& g,
           const kiln::tensor::tensor_type& type,
           std::initializer_list<int> operands,
           const typename Op::attributes& attributes = {}) {
  node n{};
  n.kind = kind_of<Op>;
  n.type = type;
  n.attributes = kiln::op::encode(attributes);
  for (const int o : operands) {
    n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
  }
  return g.push(n);
}

// relu(x w + table) with two outputs, over a dynamic number of rows.
graph<16> small_net() {
  static const float bias[] = {0.5F, -10.0F};
  graph<16> g{};
  g.symbols[0] = {"batch", 8};
  g.symbol_count = 1;
  auto rows = static_type(kiln::f32, 1, 3);
  rows[0] = {1, kiln::tensor::product_of(0)};
  auto out = static_type(kiln::f32, 1, 2);
  out[0] = {1, kiln::tensor::product_of(0)};
  const int x = g.push(source(kind_of<kiln::op::input_op>, "x", rows));
  const int w = g.push(source(kind_of<kiln::op::weight_op>, "w", static_type(kiln::f32, 3, 2)));
  node table = source(kind_of<kiln::op::table_op>, "", static_type(kiln::f32, 2));
  table.table = bias;
  const int b = g.push(table);
  const int product = append<kiln::op::matmul_op>(g, out, {x, w});
  const int sum = append<kiln::op::add_op>(g, out, {product, b});
  const int y = append<kiln::op::relu_op>(g, out, {sum});
  g.outputs[0] = {static_cast<std::int16_t>(y), "y"};
  g.outputs[1] = {static_cast<std::int16_t>(product), "product"};
  g.output_count = 2;
  return g;
}

TEST_CASE("interpret: a net with an array constant, two outputs and a dynamic extent") {
  inputs in;
  in.tensors["x"] = tensor({2, 3}, {1, 2, 3, -1, 0, 1});
  in.tensors["w"] = tensor({3, 2}, {1, 4, 2, 5, 3, 6});
  const auto found = interpret(small_net(), in);
  CHECK(found.symbols[0] == 2);
  CHECK(found.output().value == std::vector<double>{14.5, 22, 2.5, 0});
  CHECK(found.output("product").value == std::vector<double>{14, 32, 2, 2});
  CHECK(found.output().bound[0] > 0);
  CHECK(found.output().bound[0] < 1e-4);
}

TEST_CASE("interpret: what is missing or misshapen is named") {
  inputs in;
  in.tensors["x"] = tensor({2, 3});
  CHECK_THROWS_WITH_AS(interpret(small_net(), in), doctest::Contains("'w'"), kiln::error);
  in.tensors["w"] = tensor({2, 3});
  CHECK_THROWS_WITH_AS(interpret(small_net(), in), doctest::Contains("'w'"), kiln::error);
  in.tensors["w"] = tensor({3, 2});
  CHECK_THROWS_WITH_AS(
      (void)interpret(small_net(), in).output("z"), doctest::Contains("'z'"), kiln::error);
  graph<16> open = small_net();
  open[0].type = static_type(kiln::f32, 2, 3);
  CHECK_THROWS_WITH_AS(interpret(open, in), doctest::Contains("'batch'"), kiln::error);
}

TEST_CASE("interpret: inputs are rounded to f32, computed f16 to f16") {
  graph<16> g{};
  g.push(source(kind_of<kiln::op::input_op>, "x", static_type(kiln::f32, 1)));
  append<kiln::op::cast_op>(g, static_type(kiln::f16, 1), {0}, kiln::op::cast_op::to(kiln::f16));
  append<kiln::op::cast_op>(g, static_type(kiln::s8, 1), {0}, kiln::op::cast_op::to(kiln::s8));
  inputs in;
  in.tensors["x"] = tensor({1}, {2049.1});
  const auto found = interpret(g, in);
  CHECK(found.nodes[0].value[0] == static_cast<double>(2049.1F));
  CHECK(found.nodes[1].value[0] == 2050.0);
  CHECK(found.nodes[2].value[0] == 127.0);
}

TEST_CASE("interpret: random graphs are whole, their bounds mean something") {
  std::size_t promised = 0;
  std::size_t all = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    const auto g = kiln::test::random_graph(seed);
    REQUIRE(g.output_count > 0);
    const auto found = interpret(g, kiln::test::random_inputs(g, seed));
    for (std::size_t o = 0; o < found.outputs.size(); ++o) {
      const tensor& y = found.output(o);
      for (std::size_t i = 0; i < y.elems(); ++i) {
        REQUIRE_FALSE(std::isnan(y.bound[i]));
        REQUIRE(std::isfinite(y.value[i]));
        ++all;
        promised += y.bound[i] < 1e-3 * (1 + std::fabs(y.value[i]));
      }
      CHECK(kiln::test::compare_f64(y, y));
    }
  }
  CHECK(promised > all * 9 / 10);
}

TEST_CASE("interpret: one seed, one graph") {
  const auto a = kiln::test::random_graph(42);
  const auto b = kiln::test::random_graph(42);
  REQUIRE(a.size == b.size);
  const auto in = kiln::test::random_inputs(a, 1);
  CHECK(interpret(a, in).output().value == interpret(b, in).output().value);
}

}  // namespace
