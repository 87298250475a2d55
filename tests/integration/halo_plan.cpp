// SPDX-License-Identifier: MIT
// A hand-written plan: two 3x3 convolutions in one loop over image rows. The first one computes two
// rows more than the second one writes; between them there is only block scratch.
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/random_graph.hpp>

namespace {

using namespace kiln;

constexpr int images = 2, height = 11, width = 7, between = 5;

const auto g = [] {
  test::graph_builder<8> b;
  op::conv2d_op::attributes same{};
  same.top = same.left = same.bottom = same.right = 1;
  const int x = b.input("x", tensor::static_type(f32, images, height, width, 3));
  const int w1 = b.weight("w1", tensor::static_type(f32, 3, 3, 3, between));
  const int w2 = b.weight("w2", tensor::static_type(f32, 3, 3, between, 4));
  b.output(b.add<op::conv2d_op>({b.add<op::conv2d_op>({x, w1}, same), w2}, same));
  return b.build();
}();

// Rows of the first result that one step computes: the halo is `before` and `after`.
plan::plan<8> fused(std::int32_t step, std::int16_t before, std::int16_t after) {
  auto p = plan::trivial(g);
  plan::group& gr = p.groups[p.prepare_groups];
  const plan::item first = p.items[gr.first], second = p.items[gr.first + 1];
  const std::int16_t l = p.loops.push({plan::role::parallel, {height}, step});
  p.items[gr.first] = {true, l, 2};
  p.items[gr.first + 1] = first;
  p.items.push(second);
  gr.items = 3;
  --p.groups.size;

  const auto loop = static_cast<std::int8_t>(l);
  plan::stage& a = p.stages[first.index];
  plan::stage& b = p.stages[second.index];
  a.slices[0] = {loop, 1, 1, before, after};
  b.slices[0] = {loop, 1, 1, 0, 0};
  // Room for padded lines is what kernels need; this plan is interpreted.
  for (plan::stage* s : {&a, &b}) {
    p.tensors[p.views[s->first_operand + 2].tensor].bytes = 0;
    s->operands = 2;
  }

  plan::view& stored = p.views[p.stores[a.first_store].view];
  plan::placed_tensor& t = p.tensors[stored.tensor];
  t.at = plan::place::block;
  t.type[1].factor = step + before + after;
  t.bytes = std::int64_t{t.type.elems().factor} * 4;
  t.origins[0] = {loop, 1, 1, before};
  stored[0] = p.views[b.first_operand][0] = stride_of(t, 0);
  return plan::place_scratch(p);
}

std::string problem(const plan::plan<8>& p) {
  const auto in = test::random_inputs(g, 1);
  try {
    const auto y = reference::interpret_plan(p, g, in, {reference::storage::placed, 1});
    return y[0].value == reference::interpret(g, in).output().value ? "" : "other values";
  } catch (const kiln::error& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("two convolutions share a loop over rows") {
  for (const int step : {1, 2, 3, 4, 11}) {
    const auto p = fused(step, 1, 1);
    CHECK(p.groups.size - p.prepare_groups == 1);
    CHECK(problem(p) == "");
  }
  CHECK(fused(2, 1, 1).scratch_bytes < 64 + images * 4 * width * between * 4);
}

TEST_CASE("without its halo the second one reads what nobody wrote") {
  CHECK(problem(fused(2, 0, 1)) != "");
  CHECK(problem(fused(2, 1, 0)) != "");
}
