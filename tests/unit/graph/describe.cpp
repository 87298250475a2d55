// SPDX-License-Identifier: MIT
// Text and drawings of graphs, letter by letter.
#include <kiln/graph/describe.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto g = [] {
  test::graph_builder<8> b;
  b.symbol("batch", 64);
  auto t = static_type(f32, 1, 4);
  t[0] = {1, tensor::product_of(0)};
  const int x = b.input("x", t);
  const int w = b.weight("w", static_type(f32, 3, 4));
  const int product = b.add<op::matmul_op>({x, w}, {0, 1});
  const int sum = b.add<op::add_op>({product, b.constant(0.5F)});
  b.output(b.add<op::softmax_op>({sum}, {1}), "probabilities");
  return b.build();
}();

static_assert(graph::describe_into<512>(g).view() ==
              "batch <= 64\n"
              "%0 = input \"x\" : f32[batch, 4]\n"
              "%1 = weight \"w\" : f32[3, 4]\n"
              "%2 = matmul(%0, %1, transpose_b=1) : f32[batch, 3]\n"
              "%3 = constant 0.5 : f32\n"
              "%4 = add(%2, %3) : f32[batch, 3]\n"
              "%5 = softmax(%4, axis=1) : f32[batch, 3]\n"
              "return probabilities = %5\n");

template <class Make>
std::string line_of(Make make) {
  test::graph_builder<16> b;
  const int i = make(b);
  std::string text;
  graph::append_node(text, b.build(), i);
  return text.substr(text.find('=') + 2);
}

}  // namespace

TEST_CASE("run time and constant evaluation give one text") {
  CHECK(graph::describe(g) == graph::describe_into<512>(g).view());
}

TEST_CASE("attributes have names and only unusual ones are written") {
  const auto image = static_type(f32, 1, 8, 8, 4);
  CHECK(line_of([&](auto& b) {
          const int w = b.weight("w", static_type(f32, 3, 3, 4, 2));
          op::conv2d_op::attributes at{};
          at.stride_w = 2;
          at.top = 1;
          return b.template add<op::conv2d_op>({b.input("x", image), w}, at);
        })
        == "conv2d(%1, %0, stride_w=2, top=1) : f32[1, 7, 3, 2]");
  CHECK(line_of([&](auto& b) {
          return b.template add<op::max_pool_op>({b.input("x", image)}, {2, 2, 2, 2});
        })
        == "max_pool(%0, window_h=2, window_w=2, stride_h=2, stride_w=2) : f32[1, 4, 4, 4]");
  CHECK(line_of([&](auto& b) {
          return b.template add<op::reduce_sum_op>({b.input("x", image)}, {0b1010, 1});
        })
        == "reduce_sum(%0, axes=[1, 3], keep) : f32[1, 1, 8, 1]");
  CHECK(line_of([&](auto& b) {
          return b.template add<op::transpose_op>({b.input("x", image)},
                                                  op::transpose_op::of(0, 3, 1, 2));
        })
        == "transpose(%0, order=[0, 3, 1, 2]) : f32[1, 4, 8, 8]");
  CHECK(line_of([&](auto& b) {
          return b.template add<op::slice_op>({b.input("x", image)}, {1, 2, 7, 2});
        })
        == "slice(%0, axis=1, begin=2, end=7, step=2) : f32[1, 3, 8, 4]");
  CHECK(line_of([&](auto& b) {
          return b.template add<op::cast_op>({b.input("x", image)}, op::cast_op::to(f16));
        })
        == "cast(%0) : f16[1, 8, 8, 4]");
}

TEST_CASE("extents are numbers times symbols") {
  const tensor::symbol_table symbols{{{"batch", 8}, {"steps", 16}}};
  const auto text_of = [&](const tensor::dim& d) {
    std::string text;
    graph::append_extent(text, d, symbols);
    return text;
  };
  CHECK(text_of({1}) == "1");
  CHECK(text_of({1, tensor::product_of(0)}) == "batch");
  CHECK(text_of({3, tensor::product_of(1)}) == "3*steps");
  CHECK(text_of({2, tensor::product_of(0, 1)}) == "2*batch*steps");
}

TEST_CASE("the drawing has a box a node and an edge an operand") {
  test::graph_builder<8> b;
  const int x = b.input("a \"quoted\" name", static_type(f32, 4));
  b.output(b.add<op::mul_op>({x, b.constant(2)}));
  CHECK(graph::dot(b.build()) ==
        "digraph kiln {\n"
        "  node [shape=box, fontname=monospace];\n"
        "  n0 [label=\"input a \\\"quoted\\\" name\\nf32[4]\"];\n"
        "  n1 [label=\"constant 2\\nf32\"];\n"
        "  n2 [label=\"mul\\nf32[4]\"];\n"
        "  n0 -> n2;\n"
        "  n1 -> n2;\n"
        "  y0 [shape=plaintext, label=\"y\"];\n"
        "  n2 -> y0;\n"
        "}\n");
}
