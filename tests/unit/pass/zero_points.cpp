// SPDX-License-Identifier: MIT
// Zero points of either operand: borders of images, windows, transposed left operands.
#include <kiln/pass/zero_points.hpp>

#include <doctest/doctest.h>

#include <unit/pass/quantized_layer.hpp>

using namespace kiln_test;

// The second one sums up the image under each window.
TEST_CASE("convolutions by weights with zero points") {
  for (const bool padded : {false, true}) {
    for (const float zero_a : {0.0F, 9.0F}) {
      CAPTURE(zero_a);
      const auto with = [&](filter_case c) {
        c.padded = padded;
        c.zero_a = zero_a;
        check<op::conv2d_op>(convolution(c), 2);
      };
      with({.zero_w = 2});
      with({.zero_w = 100, .w = u8});
      with({.zeros_by_channel = true});
      with({.w = u8, .zeros_by_channel = true});
      with({.zero_w = 3, .groups = 4, .outputs = 4});
      with({.zero_w = -3, .groups = 2, .outputs = 6});
    }
  }
}
TEST_CASE("a border of zeros around an image with a zero point") {
  check<op::conv2d_op>(convolution({.zero_a = 9, .padded = true}), 1);
  check<op::conv2d_op>(convolution({.zero_a = 200, .zero_w = 128, .padded = true, .w = u8}), 1);
  const auto products_at = [](int height, int width) {
    return integer_products<op::conv2d_op>(pass::low_precision(graph::compact<160>(
        convolution({.zero_a = 9, .padded = true, .height = height, .width = width}))));
  };
  CHECK(products_at(1024, 700) == 1);
  CHECK(products_at(1025, 7) == 0);
}
TEST_CASE("a transposed left operand, by weights with and without a zero point") {
  for (const float zero_w : {0.0F, 2.0F}) {
    builder b;
    const int a = b.input("a", static_type(u8, 8, 3));
    const int w = b.weight("w", static_type(s8, 8, 4));
    const int step = b.constant(0.5F);
    b.output(b.add<op::matmul_op>({b.add<op::dequantize_op>({a, step, b.constant(5)}),
                                   b.add<op::dequantize_op>({w, step, b.constant(zero_w)})},
                                  {1, 0}));
    check(b.build(), 1);
  }
}
