// SPDX-License-Identifier: MIT
// Products of short floats, in every position of B, against the meaning of the graph.
#include <support/products.hpp>

namespace {

using namespace kiln;
using tensor::static_type;
using test::batched, test::mkn, test::plain, test::transposed;

/// bf16 all along: x w1 + b, relu, w2.
struct bf16_layers {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(bf16, 21, 33));
    const int w1 = b.weight("w1", static_type(bf16, 33, 50));
    const int b1 = b.weight("b1", static_type(bf16, 50));
    const int w2 = b.weight("w2", static_type(bf16, 50, 10));
    const int h = b.add<op::relu_op>({b.add<op::add_op>({b.add<op::matmul_op>({x, w1}), b1})});
    b.output(b.add<op::matmul_op>({h, w2}));
    return b.build();
  }
};
/// One matrix of weights for two kinds of numbers: its panels serve both.
struct shared_panels {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", static_type(bf16, 7, 12));
    const int z = b.input("z", static_type(f32, 7, 12));
    const int w = b.weight("w", static_type(bf16, 12, 20));
    b.output(b.add<op::matmul_op>({x, w}), "from_bf16");
    b.output(b.add<op::matmul_op>({z, w}), "from_f32");
    return b.build();
  }
};
}  // namespace

TEST_CASE("bf16 by bf16") {
  test::check_meaning<plain<bf16, bf16, mkn{15, 33, 35}>>();
  test::check_meaning<plain<bf16, bf16, mkn{1, 64, 48}>>();
  test::check_meaning<plain<bf16, bf16, mkn{4, 1, 5, false}>>();
  test::check_meaning<plain<bf16, bf16, mkn{2, 20031, 40}>>();  // in slices of k
  test::check_meaning<transposed<bf16, bf16>>();
  test::check_meaning<batched<bf16, bf16>>();
  test::check_meaning<bf16_layers>();
}
TEST_CASE("f32 by weights that are stored small") {
  test::check_meaning<plain<f32, bf16, mkn{15, 33, 35}>>();
  test::check_meaning<plain<f32, f16, mkn{15, 33, 35}>>();
  test::check_meaning<plain<f32, f16, mkn{1, 40, 64, false}>>();
  test::check_meaning<transposed<f32, bf16>>();
  test::check_meaning<batched<f32, f16>>();
  test::check_meaning<shared_panels>();
}
TEST_CASE("the left side is widened where kernels have no product of its type") {
  test::check_meaning<plain<f16, f16, mkn{15, 33, 35}>>();
  test::check_meaning<plain<f16, bf16, mkn{3, 9, 35}>>();
  test::check_meaning<plain<bf16, f32, mkn{3, 9, 35}>>();
}
