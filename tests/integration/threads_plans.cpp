// SPDX-License-Identifier: MIT
// The same bits from teams of every size, within the reference's bounds, for nets of all kinds.
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;
using test::shape;

// Three layers over 150 rows, in block scratch.
struct chain_of_products {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int h = b.input("x", shape(150, 19));
    const int widths[] = {19, 50, 33, 7};
    const std::string_view names[] = {"w1", "w2", "w3"};
    for (std::size_t i = 0; i < 3; ++i) {
      const int w = b.weight(names[i], shape(widths[i], widths[i + 1]));
      h = b.add<op::sigmoid_op>({b.add<op::matmul_op>({h, w})});
    }
    b.output(h);
    return b.build();
  }
};
// Row operators before, between and behind products, and a result in the middle.
struct norms {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", shape(5, 21, 40));
    const int scale = b.weight("scale", shape(40));
    const int shift = b.weight("shift", shape(40));
    const int w = b.weight("w", shape(40, 40));
    const int n = b.add<op::layer_norm_op>({x, scale, shift, b.constant(1e-5F)});
    const int sum = b.add<op::add_op>({b.add<op::matmul_op>({n, w}), x});
    b.output(sum);
    b.output(b.add<op::softmax_op>({b.add<op::tanh_op>({sum})}, {2}));
    return b.build();
  }
};
struct convolutions {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int x = b.input("x", shape(3, 12, 11, 8));
    const int w1 = b.weight("w1", shape(3, 3, 8, 16));
    const int w2 = b.weight("w2", shape(1, 1, 16, 8));
    const op::conv2d_op::attributes same{1, 1, 1, 1, 1, 1, 1, 1, 1},
        plain{1, 1, 0, 0, 0, 0, 1, 1, 1};
    const int h = b.add<op::relu_op>({b.add<op::conv2d_op>({x, w1}, same)});
    b.output(b.add<op::add_op>({b.add<op::conv2d_op>({h, w2}, plain), x}));
    return b.build();
  }
};
struct attention {
  static constexpr auto make() {
    test::graph_builder<40> b;
    const int q = b.input("q", shape(2, 3, 20, 16));
    const int k = b.input("k", shape(2, 3, 37, 16));
    const int v = b.input("v", shape(2, 3, 37, 16));
    const int scores = b.add<op::matmul_op>({q, k}, {0, 1});
    const int scaled = b.add<op::mul_op>({scores, b.constant(0.25F)});
    b.output(b.add<op::matmul_op>({b.add<op::softmax_op>({scaled}, {3}), v}));
    return b.build();
  }
};

// Convolutions with borders, of pixels on their own, and channel by channel, each in a loop over
// images that one thread takes in one step.
struct image_by_image {
  static constexpr auto graph = [] {
    test::graph_builder<40> b;
    const int x = b.input("x", shape(5, 9, 11, 16));
    const int w1 = b.weight("w1", shape(3, 3, 16, 16));
    const int w2 = b.weight("w2", shape(1, 1, 16, 16));
    const int w3 = b.weight("w3", shape(3, 3, 1, 16));
    const int h = b.add<op::conv2d_op>({x, w1}, {1, 1, 1, 1, 1, 1, 1, 1, 1});
    const int pixels = b.add<op::conv2d_op>({h, w2}, {1, 1, 0, 0, 0, 0, 1, 1, 1});
    b.output(b.add<op::conv2d_op>({pixels, w3}, {1, 1, 1, 1, 1, 1, 1, 1, 16}));
    return b.build();
  }();
  static constexpr auto plan = [] {
    auto p = kiln::plan::trivial(graph);
    auto items = p.items;
    items.size = 0;
    for (int g = 0; g < p.groups.size; ++g) {
      const auto first = items.size;
      const kiln::plan::item only = p.items[p.groups[g].first];
      auto& s = p.stages[only.index];
      if (s.kind == kiln::plan::anchor::convolution) {
        const auto l =
            p.loops.push({kiln::plan::role::parallel, s.extents[0], s.extents[0].factor});
        s.slices[0] = {static_cast<std::int8_t>(l), 0, 1, 0, 0};
        items.push({true, l, 1});
      }
      items.push(only);
      p.groups[g] = {first, static_cast<std::int16_t>(items.size - first)};
    }
    p.items = items;
    return kiln::plan::place_scratch(p);
  }();
  static_assert(plan.loops.size == 3);
};

}  // namespace

TEST_CASE("convolutions shared out by images") {
  test::check_plan_with_teams<image_by_image>(1);
  test::check_plan_with_teams<image_by_image>(2);
}

TEST_CASE_TEMPLATE(
    "teams of 1 to 1000 threads", Make, chain_of_products, norms, convolutions, attention) {
  test::check_plan_with_teams<test::scheduled<Make>>(1);
  test::check_plan_with_teams<test::scheduled<Make>>(2);
}
