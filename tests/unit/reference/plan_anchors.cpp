// SPDX-License-Identifier: MIT
// Windows and accumulation on slices.
#include <kiln/plan/trivial.hpp>
#include <kiln/reference/interpret_plan.hpp>
#include <kiln/reference/plan_anchors.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;

// y = op(x) for an image x [1, 9, 4, 2].
template <class Op>
auto window_graph(const typename Op::attributes& attributes) {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(f32, 1, 9, 4, 2));
  if constexpr (std::is_same_v<Op, op::conv2d_op>) {
    b.output(b.add<Op>({x, b.weight("w", tensor::static_type(f32, 3, 3, 2, 2))}, attributes));
  } else {
    b.output(b.add<Op>({x}, attributes));
  }
  return b.build();
}

reference::inputs numbers(const graph::graph<8>& g) {
  reference::inputs in;
  for (int i = 0; i < g.size; ++i) {
    if (!graph::is_interface(g[i])) continue;
    reference::tensor t(reference::extents_of(g[i].type, {}));
    for (std::size_t k = 0; k < t.elems(); ++k) t.value[k] = static_cast<double>(k * 7 % 11) - 5;
    in.tensors.emplace(std::string(g[i].name), std::move(t));
  }
  return in;
}

// The last stage of g's trivial plan in a loop over image rows, `step` at a time.
plan::plan<8> by_rows(const graph::graph<8>& g, int step) {
  auto p = plan::trivial(g);
  plan::group& last = p.groups[p.groups.size - 1];
  const plan::item s = p.items[last.first];
  p.items[last.first] = {
      true, p.loops.push({plan::role::parallel, p.stages[s.index].extents[1], step}), 1};
  p.items.push(s);
  last.items = 2;
  p.stages[s.index].slices[0] = {0, 1, 1, 0, 0};
  return p;
}

}  // namespace

TEST_CASE("a window sees the rows around its slice and the padding") {
  op::conv2d_op::attributes conv{};
  conv.top = conv.left = 1;
  conv.bottom = conv.stride_h = 2;
  op::pooling_attributes pool{3, 2, 2, 1, 1, 0, 1, 1, 0};
  for (const auto& g : {window_graph<op::conv2d_op>(conv),
                        window_graph<op::max_pool_op>(pool),
                        window_graph<op::avg_pool_op>(pool)}) {
    const auto in = numbers(g);
    for (const int step : {1, 2, 3}) {
      const auto y = reference::interpret_plan(by_rows(g, step), g, in);
      CHECK(y[0].value == reference::interpret(g, in).output().value);
    }
  }
}

TEST_CASE("what accumulates starts with what is there") {
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(f32, 3, 6));
  b.output(b.add<op::reduce_sum_op>({x}, {2, 0}));
  const auto g = b.build();
  const auto p = plan::trivial(g);
  const plan::item s = p.items[0];
  // Sums of two columns at a time; before them a stage that writes zeros.
  test::graph_builder<8> with_zero = b;
  with_zero.constant(0);
  plan::builder<8> zero{p};
  const int number = zero.add_tensor(2, {}, plan::place::literal);
  zero.p.tensors[number].slot = 2;
  plan::view none = zero.whole(number);
  none.rank = 1;
  zero.p.items.size = zero.p.groups[0].items = 0;
  zero.add_copy(2, tensor::static_type(f32, 3), none, zero.p.views[zero.p.stores[0].view]);
  zero.add_item({true, zero.p.loops.push({plan::role::reduce, {6}, 2}), 1});
  zero.add_item(s);
  zero.p.stages[s.index].slices[0] = {0, 1, 1, 0, 0};
  zero.p.stages[s.index].accumulate = true;
  const auto in = numbers(g);
  const auto y = reference::interpret_plan(zero.p, with_zero.build(), in);
  CHECK(y[0].value == reference::interpret(g, in).output().value);
}
