// SPDX-License-Identifier: MIT
// Products of integers, exact and requantised, against the meaning of the graph.
#include <support/products.hpp>

namespace {

using namespace kiln;
using tensor::static_type;
using test::batched, test::mkn, test::plain, test::transposed;

/// Integers requantised: the sum is also an output, the chain after it is f32 and rounds once.
template <tensor::dtype A, tensor::dtype To>
struct requantized {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(A, 9, 37));
    const int w = b.weight("w", static_type(s8, 37, 35));
    const int scale = b.weight("scale", static_type(f32, 35));
    const int bias = b.weight("bias", static_type(f32, 35));
    const int small = b.constant(0x1p-7F);
    const int sum = b.add<op::matmul_op>({x, w});
    const int real = b.add<op::cast_op>({sum}, op::cast_op::to(f32));
    const int scaled =
        b.add<op::mul_op>({b.add<op::mul_op>({real, small}), b.add<op::abs_op>({scale})});
    const int shifted = b.add<op::relu_op>({b.add<op::add_op>({scaled, bias})});
    b.output(b.add<op::cast_op>({shifted}, op::cast_op::to(To)), "y");
    b.output(sum, "sum");
    return b.build();
  }
};
/// Sums that f32 does not hold move as they are.
struct moved_sums {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(s32, 5, 7));
    const int t = b.add<op::transpose_op>({x}, op::transpose_op::of(1, 0));
    b.output(b.reshape(t, static_type(s32, 35)));
    return b.build();
  }
};

}  // namespace

TEST_CASE("integers are exact") {
  test::check_meaning<plain<u8, s8, mkn{15, 33, 35}>>();
  test::check_meaning<plain<s8, s8, mkn{15, 33, 35}>>();
  test::check_meaning<plain<u8, s8, mkn{1, 129, 64}>>();
  test::check_meaning<plain<s8, s8, mkn{1, 130, 17, false}>>();
  test::check_meaning<plain<s8, s8, mkn{5, 3, 4}>>();
  test::check_meaning<transposed<u8, s8>>();
  test::check_meaning<transposed<s8, s8>>();
  test::check_meaning<batched<s8, s8>>();
}
TEST_CASE("integers requantised") {
  test::check_meaning<requantized<u8, u8>>();
  test::check_meaning<requantized<s8, s8>>();
  test::check_meaning<requantized<s8, bf16>>();
}
TEST_CASE("s32 moves bit by bit") { test::check_meaning<moved_sums>(); }
