// SPDX-License-Identifier: MIT
// Tests kiln/codegen/reduction.hpp.
#include <kiln/codegen/reduction.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;

using test::shape;

struct softmax_rows {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(5, 37));
    b.output(b.add<op::softmax_op>({x}, {1}));
    return b.build();
  }
};
struct softmax_down {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(5, 37));
    b.output(b.add<op::softmax_op>({x}, {0}));
    return b.build();
  }
};
struct layer_norm {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(3, 5, 37));
    int g = b.weight("g", shape(37));
    int be = b.weight("be", shape(37));
    int e = b.constant(1e-5F);
    b.output(b.add<op::layer_norm_op>({x, g, be, e}));
    return b.build();
  }
};
struct rms_norm {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(5, 37));
    int g = b.weight("g", shape(37));
    int e = b.constant(1e-5F);
    b.output(b.add<op::tanh_op>({b.add<op::rms_norm_op>({x, g, e})}));
    return b.build();
  }
};
struct sum_of_an_inner_axis {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    b.output(b.add<op::reduce_sum_op>({x}, {2, 0}));
    return b.build();
  }
};
struct norm_of_the_last_axis {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    b.output(b.add<op::reduce_l2_op>({x}, {4, 1}));
    return b.build();
  }
};
struct mean_of_everything {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    b.output(b.add<op::reduce_mean_op>({x}, {7, 0}));
    return b.build();
  }
};
struct maximum_of_outer_and_inner_axis {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    b.output(b.add<op::reduce_max_op>({x}, {5, 0}));
    return b.build();
  }
};

}  // namespace

TEST_CASE("softmax rows") { test::check_plan<test::scheduled<softmax_rows>>(); }
TEST_CASE("softmax down") { test::check_plan<test::scheduled<softmax_down>>(); }
TEST_CASE("layer norm") { test::check_plan<test::scheduled<layer_norm>>(); }
TEST_CASE("rms norm") { test::check_plan<test::scheduled<rms_norm>>(); }
TEST_CASE("sum of an inner axis") { test::check_plan<test::scheduled<sum_of_an_inner_axis>>(); }
TEST_CASE("norm of the last axis") { test::check_plan<test::scheduled<norm_of_the_last_axis>>(); }
TEST_CASE("mean of everything") { test::check_plan<test::scheduled<mean_of_everything>>(); }
TEST_CASE("maximum of outer and inner axis") {
  test::check_plan<test::scheduled<maximum_of_outer_and_inner_axis>>();
}
