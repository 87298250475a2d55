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

// Convolutions by weights with zero points that share one image: what is scaled once is there once,
// and all of the room is for the products.
namespace {

constexpr int products = 16;

template <bool Known>
constexpr graph::graph<256> sharing() {
  test::graph_builder<256> b;
  const int x = b.input("x", static_type(u8, 1, 6, 6, 8));
  const int step = Known ? b.constant(0.1F) : b.input("step", static_type(f32));
  const int zero = Known ? b.constant(9) : b.input("zero", static_type(u8));
  const int real = b.add<op::dequantize_op>({x, step, zero});
  op::conv2d_op::attributes at{};
  at.top = at.left = at.bottom = at.right = 1;
  int sum = -1;
  for (int i = 0; i < products; ++i) {
    const int w = b.weight("w", static_type(u8, 3, 3, 8, 8));
    const int steps = b.weight("s", static_type(f32, 1, 1, 1, 8));
    const int zeros = b.weight("z", static_type(u8, 1, 1, 1, 8));
    const int y = b.add<op::conv2d_op>({real, b.add<op::dequantize_op>({w, steps, zeros})}, at);
    sum = sum < 0 ? y : b.add<op::add_op>({sum, y});
  }
  b.output(sum);
  return b.build();
}
template <bool Known>
int integers_with_exact_room() {
  constexpr auto g = sharing<Known>();
  static_assert(graph::first_invalid(g) == -1);
  constexpr auto capacity = static_cast<std::size_t>(g.size + pass::low_precision.room(g));
  return integer_products<op::conv2d_op>(pass::low_precision(graph::compact<capacity>(g)));
}

}  // namespace

TEST_CASE("there is room for every product") {
  CHECK(integers_with_exact_room<true>() == 2 * products);
  CHECK(integers_with_exact_room<false>() == 2 * products);
}
