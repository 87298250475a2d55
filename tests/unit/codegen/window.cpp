// SPDX-License-Identifier: MIT
// Tests kiln/codegen/window.hpp.
#include <kiln/codegen/window.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;

template <class... Extents>
constexpr tensor::tensor_type shape(Extents... extents) {
  return tensor::static_type(f32, extents...);
}

struct convolution {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 7, 6, 5));
    int w = b.weight("w", shape(3, 3, 5, 18));
    int bi = b.weight("b", shape(18));
    b.output(b.add<op::relu_op>(
        {b.add<op::add_op>({b.add<op::conv2d_op>({x, w}, {2, 1, 1, 1, 1, 1, 1, 1, 1}), bi})}));
    return b.build();
  }
};
struct depthwise {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 7, 6, 18));
    int w = b.weight("w", shape(3, 3, 1, 18));
    b.output(b.add<op::conv2d_op>({x, w}, {1, 1, 1, 1, 1, 1, 1, 1, 18}));
    return b.build();
  }
};
struct max_pool {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 7, 6, 18));
    b.output(b.add<op::max_pool_op>({x}, {2, 2, 2, 2, 0, 0, 0, 0, 0}));
    return b.build();
  }
};

}  // namespace

TEST_CASE("convolution") { test::check_plan<test::scheduled<convolution>>(); }
TEST_CASE("depthwise") { test::check_plan<test::scheduled<depthwise>>(); }
TEST_CASE("max pool") { test::check_plan<test::scheduled<max_pool>>(); }
