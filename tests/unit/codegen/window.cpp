// SPDX-License-Identifier: MIT
// Tests kiln/codegen/window.hpp.
#include <kiln/codegen/window.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;

using test::shape;

struct max_pool {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", shape(2, 7, 6, 18));
    b.output(b.add<op::max_pool_op>({x}, {2, 2, 2, 2, 0, 0, 0, 0, 0}));
    return b.build();
  }
};
struct padded_average {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", shape(1, 5, 9, 33));
    const int y = b.add<op::avg_pool_op>({x}, {3, 3, 2, 1, 1, 1, 1, 1, 0});
    b.output(b.add<op::relu_op>({y}));
    return b.build();
  }
};

}  // namespace

TEST_CASE("max pool") { test::check_plan<test::scheduled<max_pool>>(); }
TEST_CASE("average without padding, and a store program") {
  test::check_plan<test::scheduled<padded_average>>();
}
