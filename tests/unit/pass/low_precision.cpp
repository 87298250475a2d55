// SPDX-License-Identifier: MIT
// Quantised layers: what they become, and that they mean the same.
#include <kiln/pass/low_precision.hpp>

#include <doctest/doctest.h>

#include <unit/pass/quantized_layer.hpp>

namespace {

using namespace kiln_test;

constexpr auto simplest = [] {
  test::graph_builder<64> b;
  const int a = b.input("a", static_type(u8, 2, 8));
  const int w = b.weight("w", static_type(s8, 8, 4));
  const int s = b.weight("s", static_type(f32, 4));
  const int zero = b.constant(0), step = b.constant(0.5F);
  b.output(b.add<op::matmul_op>(
      {b.add<op::dequantize_op>({a, step, zero}), b.add<op::dequantize_op>({w, s, zero})}));
  return b.build();
}();
static_assert(graph::describe_into<1024>(pass::low_precision(simplest)).view() ==
              "%0 = input \"a\" : u8[2, 8]\n"
              "%1 = weight \"w\" : s8[8, 4]\n"
              "%2 = weight \"s\" : f32[4]\n"
              "%3 = constant 0.5 : f32\n"
              "%4 = matmul(%0, %1) : s32[2, 4]\n"
              "%5 = cast(%4) : f32[2, 4]\n"
              "%6 = mul(%2, %3) : f32[4]\n"
              "%7 = mul(%5, %6) : f32[2, 4]\n"
              "return y = %7\n");

}  // namespace

TEST_CASE("any layer") {
  std::mt19937 engine(7);
  const auto any = [&](int n) { return static_cast<int>(engine() % static_cast<unsigned>(n)); };
  for (int i = 0; i < 200; ++i) {
    CAPTURE(i);
    const tensor::dtype types[] = {u8, s8, f32};
    check(layer({.a = types[any(2)],
                 .w = types[any(2)],
                 .out = types[any(3)],
                 .zero_a = static_cast<float>(any(3) * 50),
                 .zero_w = static_cast<float>(any(3) * 60),
                 .zero_out = static_cast<float>(any(3) * 9),
                 .channels = any(2) == 0,
                 .zeros_by_channel = any(3) == 0,
                 .transposed = any(2) == 0,
                 .dynamic = any(2) == 0,
                 .rows = any(2) == 0,
                 .activation = any(5),
                 .residual = any(2) == 0}),
          1);
  }
}
TEST_CASE("a quantize of something else divides, as ONNX says") {
  builder b;
  const int x = b.input("x", static_type(f32, 4, 5));
  const int step = b.input("step", static_type(f32));
  b.output(quantized(b, x, step, b.constant(4), u8));
  const auto g = pass::low_precision(b.build());
  CHECK(graph::count<op::div_op>(g) == 1);
  CHECK(graph::count<op::quotient_op>(g) == 0);
}
TEST_CASE("by a scale that is known, with the help of its reciprocal") {
  builder b;
  const int x = b.input("x", static_type(f32, 4, 5));
  b.output(quantized(b, x, b.constant(0.3F), b.constant(4), u8));
  const auto g = pass::low_precision(b.build());
  CHECK(graph::count<op::div_op>(g) == 0);
  CHECK(graph::count<op::quotient_op>(g) == 1);
  check(b.build(), 0);
}
TEST_CASE("and by one a channel, whose reciprocals are computed at bind") {
  builder b;
  const int x = b.input("x", static_type(f32, 4, 5));
  b.output(quantized(b, x, b.weight("steps", static_type(f32, 5)), b.constant(0), u8));
  const auto g = pass::low_precision(b.build());
  CHECK(graph::count<op::quotient_op>(g) == 1);
  check(b.build(), 0);
}
TEST_CASE("reshapes around a convolution of sequences hide nothing") {
  builder b;
  const int zero = b.constant(0), step = b.constant(0.02F);
  const int x = b.add<op::dequantize_op>({b.input("x", static_type(u8, 2, 7, 4)), step, zero});
  const int w = b.add<op::dequantize_op>(
      {b.weight("w", static_type(s8, 3, 4, 5)), b.weight("s", static_type(f32, 5)), zero});
  const int residual =
      b.add<op::dequantize_op>({b.input("residual", static_type(s8, 2, 5, 5)), step, zero});
  const int c = b.add<op::conv2d_op>(
      {b.reshape(x, static_type(f32, 2, 1, 7, 4)), b.reshape(w, static_type(f32, 1, 3, 4, 5))});
  const int seen = b.reshape(c, static_type(f32, 2, 5, 5));
  const int sum =
      b.add<op::add_op>({b.add<op::add_op>({seen, b.weight("b", static_type(f32, 5))}), residual});
  b.output(quantized(b, b.add<op::relu_op>({sum}), b.constant(0.3F), b.constant(4), u8));
  const auto g = pass::low_precision(b.build());
  // Bias and scales have joined the sums, and what follows is before the last reshape.
  CHECK(graph::count<op::linear_op>(g) >= 1);
  CHECK(graph::count<op::quotient_op>(g) == 0);
  CHECK(g[g.outputs[0].node].is<op::reshape_op>());
  check<op::conv2d_op>(b.build(), 1);
}
TEST_CASE("nor do two of them, before the next convolution") {
  builder b;
  const int zero = b.constant(0), step = b.constant(0.02F);
  const int x = b.add<op::dequantize_op>({b.input("x", static_type(u8, 2, 1, 7, 4)), step, zero});
  const int w = b.add<op::dequantize_op>({b.weight("w", static_type(s8, 1, 3, 4, 5)), step, zero});
  const int seen = b.reshape(b.add<op::conv2d_op>({x, w}), static_type(f32, 2, 5, 5));
  const int again = b.reshape(b.add<op::relu_op>({seen}), static_type(f32, 2, 1, 5, 5));
  b.output(quantized(b, again, b.constant(0.3F), b.constant(4), u8));
  CHECK(graph::count<op::quotient_op>(pass::low_precision(b.build())) == 0);
  check<op::conv2d_op>(b.build(), 1);
}
TEST_CASE("a reshape to a number, and one of a number, stay where they are") {
  builder b;
  const int number = b.reshape(b.weight("s", static_type(f32, 1)), static_type(f32));
  const int step = b.add<op::abs_op>({number});
  const int x =
      b.add<op::dequantize_op>({b.input("x", static_type(u8, 2, 8)), step, b.constant(0)});
  const int sum = b.add<op::reduce_sum_op>({x}, {3, 0});
  b.output(b.add<op::relu_op>({b.reshape(sum, static_type(f32, 1, 1))}));
  CHECK(graph::first_invalid(pass::low_precision(graph::compact<96>(b.build()))) == -1);
  check(b.build(), 0);
}
TEST_CASE("a graph without room stays as it is, and right") {
  const auto full = graph::compact<13>(simplest);
  CHECK(graph::first_invalid(pass::low_precision(full)) == -1);
}
