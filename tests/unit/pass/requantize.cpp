// SPDX-License-Identifier: MIT
// Scales of what follows a product go into it.
#include <kiln/pass/requantize.hpp>

#include <doctest/doctest.h>

#include <unit/pass/quantized_layer.hpp>

namespace {

using namespace kiln_test;

/// How many nodes of these operators run() computes.
template <class... Op, std::size_t N>
int at_run_time(const graph::graph<N>& g) {
  const auto constant = graph::constant_nodes(g);
  int found = 0;
  for (int i = 0; i < g.size; ++i) {
    const bool any = (g[i].template is<Op>() || ...);
    found += any && !constant[static_cast<std::size_t>(i)] ? 1 : 0;
  }
  return found;
}

}  // namespace

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
  CHECK(at_run_time<op::div_op, op::round_op>(g) == 0);
  // product, cast, linear, cast
  CHECK(at_run_time<op::add_op, op::mul_op, op::relu_op>(g) == 0);
}
TEST_CASE("steps of weights are divided by a step at bind, as its reciprocal may be infinite") {
  builder b;
  const int zero = b.constant(0);
  const auto step = [&](std::string_view name) {
    return b.add<op::abs_op>({b.weight(name, static_type(f32, 4))});
  };
  const int a =
      b.add<op::dequantize_op>({b.input("a", static_type(u8, 3, 8)), b.constant(1), zero});
  const int w = b.add<op::dequantize_op>({b.weight("w", static_type(s8, 8, 4)), step("s"), zero});
  const int sum =
      b.add<op::add_op>({b.add<op::matmul_op>({a, w}), b.weight("b", static_type(f32, 4))});
  b.output(quantized(b, sum, step("t"), zero, u8));
  check(b.build(), 1);
  const auto g = pass::low_precision(graph::compact<256>(b.build()));
  CHECK(graph::count<op::div_op>(g) == 2);
  for (int i = 0; i < g.size; ++i) {
    if (g[i].is<op::div_op>()) CHECK_FALSE(graph::is_constant(g[g[i].operand(0)], 1));
  }
  CHECK(at_run_time<op::div_op>(g) == 0);
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
  CHECK(at_run_time<op::div_op>(g) == 0);
}
TEST_CASE("bf16 is quantised in f32") {
  builder b;
  const int x = b.input("x", static_type(bf16, 3, 8));
  b.output(quantized(b, x, b.constant(0.1F), b.constant(5), u8));
  check(b.build(), 0);
}
