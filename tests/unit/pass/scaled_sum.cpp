// SPDX-License-Identifier: MIT
// Arithmetic of parameters, and what counts as a scaled sum of integers.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/scaled_sum.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using pass::detail::is_integer_sum;
using pass::detail::is_scaled_sum;
using pass::detail::scaled_sums;
using tensor::static_type;

// The graph whose output is what `make` gives of the parameters a and b.
template <class Make>
constexpr auto made(float a, float b, Make make) {
  test::graph_builder<24> g;
  const int x = g.constant(a), y = g.constant(b);
  g.output(g.add<op::max_op>({x, y}));
  return graph::rewrite(g.build(), [make](graph::rewriter<24>& out, graph::node& n) {
    if (!n.is<op::max_op>()) return graph::keep;
    return make(scaled_sums<24>{out}, n.operand(0), n.operand(1));
  });
}
constexpr float value(const graph::graph<24>& g) { return g[g.outputs[0].node].value; }
constexpr auto product = [](auto words, int a, int b) { return words.times(a, b); };
constexpr auto sum = [](auto words, int a, int b) { return words.plus(a, b); };
constexpr auto difference = [](auto words, int a, int b) { return words.minus(a, b); };
constexpr auto quotient = [](auto words, int a, int b) { return words.over(a, b); };
static_assert(value(made(3, 0.5F, product)) == 1.5F && value(made(1, 7, product)) == 7);
static_assert(value(made(3, 4, sum)) == 7 && value(made(3, 4, difference)) == -1);
static_assert(value(made(1, 3, quotient)) == 1.0F / 3.0F);
static_assert(made(1, 0, quotient)[2].is<op::div_op>());         // left for bind
static_assert(made(3e38F, 3e38F, product)[2].is<op::mul_op>());  // infinity too

// fma(sum_a, -z_w s, fma(sum, s, b)) as low_precision writes it.
constexpr auto shifted = [] {
  test::graph_builder<24> b;
  const int a = b.input("a", static_type(u8, 2, 8));
  const int w = b.weight("w", static_type(s8, 8, 4));
  const int s = b.weight("s", static_type(f32, 4)), extra = b.weight("b", static_type(f32, 4));
  const int total = b.add<op::cast_op>({b.add<op::matmul_op>({a, w})}, op::cast_op::to(f32));
  const int real = b.add<op::cast_op>({a}, op::cast_op::to(f32));
  const int rows = b.add<op::reduce_sum_op>({real}, {2, 1});
  const int inner = b.add<op::linear_op>({total, s, extra});
  b.output(b.add<op::add_op>({b.add<op::linear_op>({rows, s, inner}), extra}));
  return b.build();
}();
constexpr auto joined = graph::rewrite(shifted, [](graph::rewriter<24>& out, graph::node& n) {
  if (n.is<op::cast_op>() && is_integer_sum(out, n.operand(0))) core::unreachable("no sum");
  if (!n.is<op::add_op>() || !is_scaled_sum(out, n.operand(0))) return graph::keep;
  return pass::detail::shifted_sum(out, n, n.operand(0), n.operand(1));
});
static_assert(graph::count<op::linear_op>(joined) == 2);
static_assert(joined[joined.outputs[0].node].is<op::linear_op>());  // the constant went inside

}  // namespace

TEST_CASE("a constant joins the innermost multiply-add") {
  CHECK(graph::count<op::add_op>(joined) == 1);  // of two weights, at bind
  CHECK(graph::first_invalid(joined) == -1);
}
