// SPDX-License-Identifier: MIT
// Products of integers: signs, zero points, shapes of scales, convolutions.
#include <kiln/pass/integer_product.hpp>

#include <doctest/doctest.h>

#include <unit/pass/quantized_layer.hpp>

using namespace kiln_test;

TEST_CASE("every sign, every zero point") {
  for (const auto a : {u8, s8}) {
    for (const auto w : {s8, u8}) {
      for (const float zero_a : {0.0F, 5.0F}) {
        for (const float zero_w : {0.0F, 7.0F}) {
          CAPTURE(zero_a);
          CAPTURE(zero_w);
          check(layer({.a = a, .w = w, .zero_a = zero_a, .zero_w = zero_w}), 1);
        }
      }
    }
  }
  check(layer({.w = u8, .zero_w = 128}), 1);
  check(layer({.w = u8, .zero_a = 128, .zeros_by_channel = true}), 1);
  check(layer({.w = s8, .zeros_by_channel = true, .transposed = true}), 1);
}
TEST_CASE("scales of the run") {
  check(layer({.dynamic = true}), 1);
  check(layer({.zero_w = 9, .dynamic = true}), 1);
  check(layer({.dynamic = true, .rows = true}), 1);
  check(layer({.a = s8, .zero_w = -3, .channels = false, .dynamic = true, .rows = true}), 1);
  check(layer({.zeros_by_channel = true, .transposed = true, .dynamic = true, .rows = true}), 1);
}
TEST_CASE("convolutions") {
  check<op::conv2d_op>(convolution({}), 1);
  check<op::conv2d_op>(convolution({.padded = true}), 1);
  check<op::conv2d_op>(convolution({.zero_a = 9}), 1);
  check<op::conv2d_op>(convolution({.zero_w = 128, .padded = true, .w = u8}), 1);
}
TEST_CASE("scales along the sum stay in f32") {
  builder b;
  const int a = b.input("a", static_type(u8, 3, 8));
  const int w = b.weight("w", static_type(s8, 8, 4));
  const int s = b.weight("s", static_type(f32, 8, 1));
  const int zero = b.constant(0);
  b.output(b.add<op::matmul_op>({b.add<op::dequantize_op>({a, b.constant(1), zero}),
                                 b.add<op::dequantize_op>({w, s, zero})}));
  check(b.build(), 0);
}
TEST_CASE("both operands come with the run") {
  for (const float zero : {0.0F, 6.0F}) {
    builder b;
    const int a = b.input("a", static_type(s8, 2, 3, 8));
    const int w = b.input("w", static_type(s8, 2, 8, 4));
    const int z = b.constant(zero);
    b.output(b.add<op::matmul_op>({b.add<op::dequantize_op>({a, b.constant(0.5F), z}),
                                   b.add<op::dequantize_op>({w, b.constant(0.25F), z})}));
    check(b.build(), 1);
  }
}

// What the weights of x times a dequantised w are packed as.
namespace {

tensor::dtype weight_only(tensor::dtype x_type, bool transposed, float number, bool column_zeros) {
  builder b;
  const int x = b.input("x", static_type(x_type, 5, 19));
  const int w = b.weight("w", transposed ? static_type(u8, 6, 19) : static_type(u8, 19, 6));
  const auto column = transposed ? static_type(f32, 6, 1) : static_type(f32, 6);
  auto zeros = column;
  zeros.element = u8;
  const int scale = b.add<op::abs_op>({b.weight("s", column)});
  const int zero = column_zeros ? b.weight("z", zeros) : b.constant(number);
  const int real = b.add<op::dequantize_op>({w, scale, zero});
  b.output(b.add<op::matmul_op>({x, real}, {0, transposed}));
  check(b.build(), 0);
  const auto g = pass::low_precision(graph::compact<256>(b.build()));
  return g[g[graph::find<op::matmul_op>(g)].operand(1)].type.element;
}

}  // namespace

TEST_CASE("floats by quantised weights") {
  for (const bool transposed : {false, true}) {
    CHECK(weight_only(f32, transposed, 0, false) == bf16);
    CHECK(weight_only(f32, transposed, 128, false) == bf16);
    CHECK(weight_only(bf16, transposed, 3, true) == bf16);
    CHECK(weight_only(f32, transposed, 0.5F, false) == f32);  // w - 0.5 is no bf16
    CHECK(weight_only(f32, transposed, 300, false) == f32);
  }
}
