// SPDX-License-Identifier: MIT
// Scales of what follows a product go into it.
#include <kiln/pass/requantize.hpp>

#include <doctest/doctest.h>

#include <unit/pass/quantized_layer.hpp>

using namespace kiln_test;

TEST_CASE("what follows a product") {
  for (const int activation : {0, 1, 2, 3, 4}) {
    for (const auto out : {u8, s8, f32}) {
      CAPTURE(activation);
      check(layer({.out = out,
                   .zero_a = 3,
                   .zero_out = out == f32 ? 0.0F : 12.0F,
                   .activation = activation}),
            1);
      check(layer({.out = out, .zero_w = 3, .activation = activation, .residual = true}), 1);
    }
  }
}
TEST_CASE("a requantisation does not divide") {
  const auto g = pass::optimize(graph::compact<256>(layer({.zero_a = 3, .activation = 1})));
  int divisions = 0, sums = 0;
  const auto constant = graph::constant_nodes(g);
  for (int i = 0; i < g.size; ++i) {
    if (constant[static_cast<std::size_t>(i)]) continue;
    divisions += g[i].is<op::div_op>() || g[i].is<op::round_op>() ? 1 : 0;
    sums += g[i].is<op::add_op>() || g[i].is<op::mul_op>() || g[i].is<op::relu_op>() ? 1 : 0;
  }
  CHECK(divisions == 0);
  CHECK(sums == 0);  // product, cast, linear, cast
}
TEST_CASE("a reshape is not in the way") {
  builder b;
  const int a = b.input("a", static_type(u8, 3, 8));
  const int w = b.weight("w", static_type(s8, 8, 4));
  const int s = b.add<op::abs_op>({b.weight("s", static_type(f32, 4))});
  const int zero = b.constant(0);
  const int y = b.add<op::matmul_op>({b.add<op::dequantize_op>({a, b.constant(0.1F), zero}),
                                      b.add<op::dequantize_op>({w, s, zero})});
  const int flat = b.reshape(b.add<op::relu_op>({y}), static_type(f32, 12));
  b.output(quantized(b, flat, b.constant(0.3F), b.constant(5), u8));
  check(b.build(), 1);
  const auto g = pass::optimize(graph::compact<256>(b.build()));
  const auto& last = g[g.outputs[0].node];
  CHECK(last.is<op::reshape_op>());
  CHECK(g[last.operand(0)].is<op::cast_op>());
  CHECK(graph::count<op::div_op>(g) == 0);
}
TEST_CASE("bf16 is quantised in f32") {
  builder b;
  const int x = b.input("x", static_type(bf16, 3, 8));
  b.output(quantized(b, x, b.constant(0.1F), b.constant(5), u8));
  check(b.build(), 0);
}
