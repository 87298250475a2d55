// SPDX-License-Identifier: MIT
// The default pipeline, small and large.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

static_assert(pass::pass<decltype(pass::passes_for({}))>);

// relu((0.5 * x) w + b) + dropout at inference, as a user may write it
constexpr auto g = [] {
  test::graph_builder<24> b;
  const int x = b.input("x", static_type(f32, 2, 8));
  const int w = b.weight("w", static_type(f32, 4, 8));
  const int half = b.add<op::div_op>({b.constant(1), b.constant(2)});
  const int scaled = b.add<op::mul_op>({half, x});
  const int wt = b.add<op::transpose_op>({w}, op::transpose_op::of(1, 0));
  const int sum =
      b.add<op::add_op>({b.weight("b", static_type(f32, 4)), b.add<op::matmul_op>({scaled, wt})});
  const int limited = b.add<op::max_op>({b.constant(0), sum});
  b.output(b.add<op::mul_op>({limited, b.constant(1)}));
  return b.build();
}();

static_assert(graph::describe_into<512>(pass::optimize(g)).view() ==
              "%0 = input \"x\" : f32[2, 8]\n"
              "%1 = weight \"w\" : f32[4, 8]\n"
              "%2 = constant 0.5 : f32\n"
              "%3 = mul(%0, %2) : f32[2, 8]\n"
              "%4 = weight \"b\" : f32[4]\n"
              "%5 = matmul(%3, %1, transpose_b=1) : f32[2, 4]\n"
              "%6 = add(%5, %4) : f32[2, 4]\n"
              "%7 = relu(%6) : f32[2, 4]\n"
              "return y = %7\n");

constexpr int layers = 60;
// Eight nodes a layer, most of which have something to fold.
constexpr auto large = [] {
  test::graph_builder<640> b;
  const auto rows = static_type(f32, 32, 64);
  int x = b.input("x", rows);
  for (int i = 0; i < layers; ++i) {
    const int w = b.weight("w", static_type(f32, 64, 64));
    const int bias = b.weight("b", static_type(f32, 64));
    const int sum = b.add<op::add_op>({bias, b.add<op::matmul_op>({x, w})});
    const int y = b.add<op::div_op>({b.add<op::relu_op>({sum}), b.constant(4)});
    x = b.add<op::add_op>({y, x});
  }
  b.output(x);
  return b.build();
}();
constexpr auto passes = pass::passes_for({});
static_assert(large.size == 8 * layers + 1);
static_assert(graph::count<op::div_op>(pass::graph_after<passes, large, passes.size>) == 0,
              "a large graph stays below the compilers' limits of steps");

}  // namespace

TEST_CASE("options reach the pass that asks for them") {
  test::graph_builder<16> b;
  const int x = b.input("x", static_type(f32, 4));
  b.output(b.add<op::div_op>({x, b.constant(3)}));
  CHECK(graph::count<op::div_op>(pass::optimize(b.build())) == 1);
  CHECK(graph::count<op::div_op>(pass::passes_for({.reciprocal = true})(b.build())) == 0);
}

TEST_CASE("a user's pass follows the default ones") {
  constexpr auto mine = pass::optimize.then(pass::drop_dead);
  CHECK(mine.size == pass::optimize.size + 1);
  CHECK(graph::same(mine(g), pass::optimize(g)));
}
