// SPDX-License-Identifier: MIT
// Tests kiln/codegen/emit.hpp.
#include <kiln/codegen/emit.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;

using test::shape;

struct transposed_operand {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    int t = b.add<op::transpose_op>({x}, op::transpose_op::of(2, 0, 1));
    b.output(b.add<op::relu_op>({t}));
    return b.build();
  }
};
struct concatenation {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5));
    int y = b.input("z", shape(4, 7));
    int c = b.add<op::concat_op>({x, y}, {1});
    b.output(b.add<op::add_op>({c, c}));
    return b.build();
  }
};
struct slices {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(6, 9));
    int c = b.add<op::slice_op>({x}, {0, 1, 6, 2});
    int d = b.add<op::slice_op>({c}, {1, 2, 8, 3});
    b.output(b.add<op::exp_op>({d}));
    return b.build();
  }
};
struct casts {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(3, 21));
    b.output(b.add<op::cast_op>({b.add<op::cast_op>({x}, {1})}, {0}));
    return b.build();
  }
};
struct weights_computed_at_bind {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 9));
    int w = b.weight("w", shape(9, 7));
    int s = b.weight("s", shape(7));
    int ws = b.add<op::mul_op>({w, s});
    b.output(b.add<op::matmul_op>({x, ws}));
    return b.build();
  }
};
struct residual {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 32));
    int w1 = b.weight("w1", shape(32, 32));
    int w2 = b.weight("w2", shape(32, 32));
    int h = b.add<op::relu_op>({b.add<op::matmul_op>({x, w1})});
    int k = b.add<op::add_op>({b.add<op::matmul_op>({h, w2}), x});
    int z = b.add<op::mul_op>({k, h});
    b.output(b.add<op::softmax_op>({z}, {1}));
    return b.build();
  }
};
struct row_blocks_with_a_divisor {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(150, 9));
    int w = b.weight("w", shape(9, 17));
    int w2 = b.weight("w2", shape(17, 20));
    b.output(b.add<op::matmul_op>({b.add<op::relu_op>({b.add<op::matmul_op>({x, w})}), w2}));
    return b.build();
  }
};
struct row_blocks_with_a_rest {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(131, 9));
    int w = b.weight("w", shape(9, 17));
    int w2 = b.weight("w2", shape(17, 20));
    b.output(b.add<op::matmul_op>({b.add<op::relu_op>({b.add<op::matmul_op>({x, w})}), w2}));
    return b.build();
  }
};

}  // namespace

TEST_CASE("transposed operand") { test::check_plan<test::scheduled<transposed_operand>>(); }
TEST_CASE("concatenation") { test::check_plan<test::scheduled<concatenation>>(); }
TEST_CASE("slices") { test::check_plan<test::scheduled<slices>>(); }
TEST_CASE("casts") { test::check_plan<test::scheduled<casts>>(); }
TEST_CASE("weights computed at bind") {
  test::check_plan<test::scheduled<weights_computed_at_bind>>();
}
TEST_CASE("residual") { test::check_plan<test::scheduled<residual>>(); }
TEST_CASE("row blocks with a divisor") {
  test::check_plan<test::scheduled<row_blocks_with_a_divisor>>();
}
TEST_CASE("row blocks with a rest") { test::check_plan<test::scheduled<row_blocks_with_a_rest>>(); }
