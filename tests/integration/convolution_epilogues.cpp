// SPDX-License-Identifier: MIT
// What follows a convolution runs on its sums: bias, residual, activation, requantisation, pooling.
#include <support/products.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr op::conv2d_op::attributes same_3x3{1, 1, 1, 1, 1, 1, 1, 1, 1};

/// relu(conv(x, w) + b + z), and the sum as a second result.
template <tensor::dtype Element>
struct residual {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(Element, 2, 7, 7, 12));
    const int z = b.input("z", static_type(Element, 2, 7, 7, 34));
    const int w = b.weight("w", static_type(Element, 3, 3, 12, 34));
    const int bias = b.weight("b", static_type(Element, 34));
    const int sum = b.add<op::add_op>({b.add<op::conv2d_op>({x, w}, same_3x3), bias});
    b.output(b.add<op::relu_op>({b.add<op::add_op>({sum, z})}), "y");
    b.output(sum, "sum");
    return b.build();
  }
};
/// Integers to integers with a scale for every filter.
template <tensor::dtype X, tensor::dtype Y>
struct requantized {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(X, 1, 6, 9, 10));
    const int w = b.weight("w", static_type(s8, 3, 3, 10, 35));
    const int scale = b.weight("scale", test::shape(35));
    const int small = b.constant(0x1p-9F);
    const int real =
        b.add<op::cast_op>({b.add<op::conv2d_op>({x, w}, same_3x3)}, op::cast_op::to(f32));
    const int scaled =
        b.add<op::mul_op>({b.add<op::mul_op>({real, small}), b.add<op::abs_op>({scale})});
    b.output(b.add<op::cast_op>({b.add<op::relu_op>({scaled})}, op::cast_op::to(Y)));
    return b.build();
  }
};
/// Two convolutions with a pooling in between.
struct small_net {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", test::shape(2, 12, 12, 3));
    const int w1 = b.weight("w1", test::shape(5, 5, 3, 16));
    const int w2 = b.weight("w2", test::shape(1, 1, 16, 20));
    const int h = b.add<op::relu_op>({b.add<op::conv2d_op>({x, w1}, {1, 1, 2, 2, 2, 2, 1, 1, 1})});
    const int pooled = b.add<op::max_pool_op>({h}, {2, 2, 2, 2, 0, 0, 0, 0, 0});
    b.output(b.add<op::sigmoid_op>({b.add<op::conv2d_op>({pooled, w2})}));
    return b.build();
  }
};

}  // namespace

TEST_CASE("residuals") {
  test::check_meaning<residual<f32>>();
  test::check_meaning<residual<bf16>>();
}
TEST_CASE("requantised") {
  test::check_meaning<requantized<u8, u8>>();
  test::check_meaning<requantized<s8, s8>>();
}
TEST_CASE("a chain") { test::check_meaning<small_net>(); }
