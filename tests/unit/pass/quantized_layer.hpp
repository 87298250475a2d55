// SPDX-License-Identifier: MIT
// Quantised layers as graphs, and what low_precision owes them.
#pragma once

#include <kiln/graph/describe.hpp>
#include <kiln/pass/low_precision.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <support/element_bytes.hpp>
#include <support/graph_builder.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace kiln_test {

using namespace kiln;
using tensor::static_type;
using builder = test::graph_builder<96>;

/// What a layer is made of.
struct layer_options final {
  tensor::dtype a = u8, w = s8, out = u8;
  float zero_a = 0, zero_w = 0, zero_out = 0;
  bool channels = true;  // a scale for each column of w
  bool zeros_by_channel = false;
  bool transposed = false;
  bool dynamic = false;  // scale and zero point of a come with each run
  bool rows = false;     // one of each a row
  int activation = 0;    // none, relu, leaky relu, clip, gelu
  bool residual = false;
};

/// Appends quantize and the cast that saturates.
constexpr int quantized(builder& b, int x, int scale, int zero, tensor::dtype to) {
  return b.add<op::cast_op>({b.add<op::quantize_op>({x, scale, zero})}, op::cast_op::to(to));
}

/// dequantize -> matmul -> bias -> activation -> [residual] -> quantize.
constexpr graph::graph<96> layer(const layer_options& o) {
  builder b;
  const int m = 5, k = 19, n = 6;
  const int a = b.input("a", static_type(o.a, m, k));
  const int w = b.weight("w", o.transposed ? static_type(o.w, n, k) : static_type(o.w, k, n));
  const auto column = o.transposed ? static_type(f32, n, 1) : static_type(f32, n);
  const int scale_w = o.channels ? b.add<op::abs_op>({b.weight("s", column)}) : b.constant(0.03F);
  auto zeros = column;
  zeros.element = o.w;
  const int zero_w = o.zeros_by_channel ? b.weight("z", zeros) : b.constant(o.zero_w);
  const auto one = o.rows ? static_type(f32, m, 1) : static_type(f32);
  auto zero_type = one;
  zero_type.element = o.a;
  const int scale_a = o.dynamic ? b.add<op::abs_op>({b.input("sa", one)}) : b.constant(0.07F);
  const int zero_a = o.dynamic ? b.input("za", zero_type) : b.constant(o.zero_a);
  const int real_a = b.add<op::dequantize_op>({a, scale_a, zero_a});
  const int real_w = b.add<op::dequantize_op>({w, scale_w, zero_w});
  int y = b.add<op::matmul_op>({real_a, real_w}, {0, o.transposed});
  y = b.add<op::add_op>({y, b.weight("b", static_type(f32, n))});
  if (o.activation == 1) y = b.add<op::relu_op>({y});
  if (o.activation == 2) y = b.add<op::leaky_relu_op>({y, b.constant(0.1F)});
  if (o.activation == 3) y = b.add<op::clip_op>({y, b.constant(0), b.constant(6)});
  if (o.activation == 4) y = b.add<op::gelu_erf_op>({y});
  if (o.residual) {
    const int r = b.input("r", static_type(s8, m, n));
    y = b.add<op::relu_op>(
        {b.add<op::add_op>({y, b.add<op::dequantize_op>({r, b.constant(0.02F), b.constant(3)})})});
  }
  if (is_floating(o.out)) {
    b.output(y);
  } else {
    b.output(quantized(b, y, b.constant(0.11F), b.constant(o.zero_out), o.out));
  }
  return b.build();
}

/// A convolution of 3 x 3 taps of two images, with bias and relu, of 4 channels.
struct filter_case final {
  float zero_a = 0;
  float zero_w = 0;
  bool padded = false;
  tensor::dtype w = s8;
  int height = 6;
  int width = 5;
  int groups = 1;
  int outputs = 8;
  bool zeros_by_channel = false;
};

/// u8 to u8, its filters with a scale each.
constexpr graph::graph<96> convolution(const filter_case& c) {
  builder b;
  const int a = b.input("a", static_type(u8, 2, c.height, c.width, 4));
  const int f = b.weight("w", static_type(c.w, 3, 3, 4 / c.groups, c.outputs));
  const auto channels = static_type(f32, c.outputs);
  const int s = b.add<op::abs_op>({b.weight("s", channels)});
  op::conv2d_op::attributes at{};
  if (c.padded) at.top = at.left = at.bottom = at.right = 1;
  at.groups = c.groups;
  const int real = b.add<op::dequantize_op>({a, b.constant(0.1F), b.constant(c.zero_a)});
  const int zero =
      c.zeros_by_channel ? b.weight("z", static_type(c.w, c.outputs)) : b.constant(c.zero_w);
  const int y = b.add<op::conv2d_op>({real, b.add<op::dequantize_op>({f, s, zero})}, at);
  const int biased = b.add<op::add_op>({y, b.weight("b", channels)});
  b.output(quantized(b, b.add<op::relu_op>({biased}), b.constant(0.2F), b.constant(0), u8));
  return b.build();
}

/// Random numbers for every input and weight.
template <std::size_t N>
reference::inputs random_inputs(const graph::graph<N>& g, unsigned seed) {
  std::mt19937 engine(seed);
  reference::inputs in;
  for (int i = 0; i < g.size; ++i) {
    if (!graph::is_interface(g[i])) continue;
    std::vector<std::int64_t> extents;
    for (int k = 0; k < g[i].type.rank; ++k) extents.push_back(g[i].type[k].factor);
    reference::tensor t(extents);
    for (double& v : t.value) v = test::random_element(g[i].type.element, engine);
    in.tensors[std::string(g[i].name)] = t;
  }
  return in;
}

/// How many products of integers a graph has.
template <class Op, std::size_t N>
int integer_products(const graph::graph<N>& g) {
  int found = 0;
  for (int i = 0; i < g.size; ++i) {
    found += g[i].template is<Op>() && g[i].type.element == s32 ? 1 : 0;
  }
  return found;
}

/// The pass keeps the meaning within the bounds, leaves so many products of integers, and has
/// nothing to do a second time.
template <class Op = op::matmul_op, std::size_t N>
void check(const graph::graph<N>& before, int products) {
  REQUIRE(graph::first_invalid(before) == -1);
  const auto roomy = graph::compact<256>(before);
  const auto after = pass::low_precision(roomy);
  INFO("after:\n", graph::describe(after));
  REQUIRE(graph::first_invalid(after) == -1);
  CHECK(graph::same(pass::low_precision(after), after));
  CHECK(integer_products<Op>(after) == products);
  CHECK(graph::count<op::quantize_op>(after) + graph::count<op::dequantize_op>(after) == 0);
  CHECK(roomy.size + pass::low_precision.room(roomy) >= after.size);
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    const auto in = random_inputs(before, seed);
    const auto expected = reference::interpret(before, in);
    const auto result =
        test::compare_rounded(expected.output(), reference::interpret(after, in).output());
    INFO("seed ", seed, ": ", result.problem);
    CHECK(result);
    const auto best = pass::optimize(roomy);
    const auto final_result =
        test::compare_rounded(expected.output(), reference::interpret(best, in).output());
    INFO("optimized: ", final_result.problem);
    CHECK(final_result);
  }
}

}  // namespace kiln_test
