// SPDX-License-Identifier: MIT
// Products by weights on integers: what is inserted where.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/low_precision.hpp>
#include <kiln/pass/merge_equal.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/pass/to_int8.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <unit/pass/two_layers.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr const auto& net = test::two_layers;

constexpr auto quantized = pass::to_int8(net);
static_assert(pass::adds_nodes<pass::to_int8_fn>);
static_assert(graph::first_invalid(quantized) == -1);
static_assert(graph::same(pass::to_int8(quantized), quantized));
static_assert(quantized.size <= net.size + pass::to_int8.room(net));
static_assert(graph::count<op::dequantize_op>(quantized) == 4);
// The weight that it adds has the next slot.
constexpr int ranges = graph::find(quantized, "ranges");
static_assert(ranges >= 0 && quantized[ranges].slot == 2);
static_assert(quantized[ranges].type == static_type(f32, 2, 2));

constexpr float table[2][2] = {{-1, 1}, {0, 3}};
constexpr auto with_table = pass::to_int8_fn{&table[0][0], {}}(net);
static_assert(graph::first_invalid(with_table) == -1 && graph::find(with_table, "ranges") == -1);
static_assert(graph::count<op::table_op>(with_table) == 1);

constexpr auto integers = pass::low_precision(quantized);
constexpr int products_of(tensor::dtype element) {
  int found = 0;
  for (int i = 0; i < integers.size; ++i) {
    found += integers[i].is<op::matmul_op>() && integers[i].type.element == element ? 1 : 0;
  }
  return found;
}
static_assert(products_of(s32) == 2 && products_of(f32) == 1);

// The elements that a convolution of x is quantised to.
template <class Make>
tensor::dtype element_of_input(Make make, int border) {
  test::graph_builder<200> b;
  const int x = make(b, b.input("x", static_type(f32, 1, 5, 5, 3)));
  op::conv2d_op::attributes at{};
  at.top = at.bottom = border;
  b.output(b.add<op::conv2d_op>({x, b.weight("w", static_type(f32, 3, 3, 3, 4))}, at));
  const auto g = pass::to_int8(b.build());
  CHECK(graph::first_invalid(g) == -1);
  const auto& product = g[graph::find<op::conv2d_op>(g)];
  return g[g[product.operand(0)].operand(0)].type.element;
}

}  // namespace

TEST_CASE("what is never negative counts from 0, borders are 0") {
  const auto as_is = [](auto&, int x) { return x; };
  const auto relu = [](auto& b, int x) { return b.template add<op::relu_op>({x}); };
  const auto pooled = [&](auto& b, int x) {
    return b.template add<op::clip_op>({x, b.constant(0), b.constant(6)});
  };
  CHECK(element_of_input(as_is, 0) == u8);
  CHECK(element_of_input(as_is, 1) == s8);
  CHECK(element_of_input(relu, 1) == u8);
  CHECK(element_of_input(pooled, 1) == u8);
}
TEST_CASE("products that read one tensor quantise it once") {
  test::graph_builder<200> b;
  const int x = b.input("x", static_type(f32, 4, 8));
  const int one = b.add<op::matmul_op>({x, b.weight("v", static_type(f32, 8, 3))});
  const int two = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 3))});
  b.output(b.add<op::add_op>({one, two}));
  const auto g = pass::merge_equal(pass::to_int8(b.build()));
  CHECK(graph::count<op::quantize_op>(g) == 3);  // x and two weights
}
TEST_CASE("nothing to quantise") {
  test::graph_builder<8> b;
  b.output(b.add<op::relu_op>({b.input("x", static_type(f32, 4))}));
  CHECK(graph::same(pass::to_int8(b.build()), b.build()));
}
