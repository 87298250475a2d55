// SPDX-License-Identifier: MIT
// Slices, row strides and origins of one step.
#include <kiln/plan/builder.hpp>
#include <kiln/reference/plan_frame.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;

const auto g = [] {
  test::graph_builder<4> b;
  b.output(b.input("x", tensor::static_type(f32, 3, 4)));
  return b.build();
}();
// One stage over x in a loop over its rows.
const auto p = [] {
  plan::builder<4> b{};
  const auto type = tensor::static_type(f32, 3, 4);
  const int x = b.add_tensor(0, type, plan::place::argument);
  const int y = b.add_tensor(0, type, plan::place::block);
  b.begin_group();
  b.add_item({true, b.p.loops.push({plan::role::parallel, {3}, 2}), 1});
  b.add_copy(0, type, b.whole(x), b.whole(y));
  b.p.stages[0].slices[0] = {0, 0, 1, 0, 0};
  b.p.tensors[y].origins[0] = {0, 0, 1, 0};
  return b.p;
}();

struct frame final : reference::plan_frame<4, 4> {
  using base = reference::plan_frame<4, 4>;
  using base::axes_to;
  using base::base_of;
  using base::box_of;
  using base::gather;
  using base::give_inputs;
  using base::index_;
  using base::memory_;
  using base::panel_element;
  using base::row_strides_;
  explicit frame(const plan::plan<4>& of)
      : base(of, g, {}, {reference::storage::separate, 5}) {}
};

reference::inputs counting() {
  reference::inputs in;
  reference::tensor x({3, 4});
  for (std::size_t i = 0; i < x.elems(); ++i) x.value[i] = static_cast<double>(i);
  in.tensors.emplace("x", x);
  return in;
}

}  // namespace

TEST_CASE("a slice is cut to its axis") {
  frame f(p);
  f.index_[0] = 2;
  const auto b = f.box_of(p.stages[0]);
  CHECK(b.first[0] == 2);
  CHECK(b.extent[0] == 1);
  CHECK(b.extent[1] == 4);
}

TEST_CASE("elements are found at the caller's row stride") {
  frame f(p);
  f.give_inputs(counting());
  f.index_[0] = 2;
  f.memory_.begin_stage();
  const auto row = f.gather(p.views[0], f.box_of(p.stages[0]), f.axes_to(2), true);
  CHECK(row.value == std::vector<double>{8, 9, 10, 11});
  CHECK(f.row_strides_[0] >= 4);
}

TEST_CASE("a tensor of one block starts at the block") {
  frame f(p);
  f.index_[0] = 2;
  CHECK(f.base_of(p.views[1]) == -8);
}

TEST_CASE("slices name loops that are around them, and an axis once") {
  frame f(p);
  CHECK_THROWS_AS(f.box_of(p.stages[0]), kiln::error);
  auto twice = p;
  twice.stages[0].slices[1] = twice.stages[0].slices[0];
  frame h(twice);
  h.index_[0] = 0;
  CHECK_THROWS_AS(h.box_of(twice.stages[0]), kiln::error);
}

TEST_CASE("panels are 16 columns wide and of whole words") {
  const frame f(p);
  CHECK(f.panel_element(p.views[0], 5, 2, 3) == 2 * 16 + 3);
  CHECK(f.panel_element(p.views[0], 5, 2, 19) == 5 * 16 + 2 * 16 + 3);
  auto of_words = p;
  of_words.tensors[p.views[0].tensor].depth = 4;
  const frame words(of_words);
  CHECK(words.panel_element(p.views[0], 5, 2, 19) == 8 * 16 + 2 * 16 + 3);
}
