// SPDX-License-Identifier: MIT
// What passes and moves make of typical subgraphs, for one fixed machine.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/plan/describe.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/plan/unfused.hpp>

#include <support/golden.hpp>
#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

// The graph and the trivial plan, then whatever a pass or a move has changed.
template <std::size_t N>
std::string story(const graph::graph<N>& from) {
  std::string text = graph::describe(from);
  std::string last = text;
  const auto g = pass::optimize(from, [&](std::string_view name, const graph::graph<N>& after) {
    std::string now = graph::describe(after);
    if (now != last) text.append("\nafter ").append(name).append("\n").append(now);
    last = std::move(now);
  });
  auto p = plan::trivial(g);
  last = plan::describe(p, g);
  text.append("\ntrivial plan\n").append(last);
  static constexpr auto moves = plan::moves_for(machine);
  const auto make = [&](const auto& move) {
    p = move(p);
    std::string now = plan::describe(p, g);
    if (now != last) text.append("\nafter ").append(move.name).append("\n").append(now);
    last = std::move(now);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (make(moves.template at<I>()), ...); }
  (std::make_index_sequence<decltype(moves)::size>{});
  text.append("\nkernels\n");
  for (int i = p.groups[p.prepare_groups].first; i < p.items.size; ++i) {
    if (!p.items[i].is_loop) text += plan::label(p, p.stages[p.items[i].index], machine) + "\n";
  }
  plan::for_each_unfused(p, [&](const plan::unfused& x) {
    text += "in memory: %" + std::to_string(p.tensors[x.tensor].node) + " for %"
            + std::to_string(p.stages[x.reader].node) + ": " + std::string(text_of(x.why)) + "\n";
  });
  return text;
}

graph::graph<24> attention_graph() {
  test::graph_builder<24> b;
  const int q = b.input("q", tensor::static_type(f32, 2, 24, 16));
  const int k = b.input("k", tensor::static_type(f32, 2, 40, 16));
  const int v = b.input("v", tensor::static_type(f32, 2, 40, 16));
  const int scores = b.add<op::matmul_op>({q, k}, {0, 1});
  const int scaled = b.add<op::mul_op>({scores, b.constant(0.25F)});
  b.output(b.add<op::matmul_op>({b.add<op::softmax_op>({scaled}, {2}), v}));
  return b.build();
}

graph::graph<24> convolution_graph() {
  test::graph_builder<24> b;
  const int x = b.input("x", tensor::static_type(f32, 1, 12, 12, 8));
  const int w = b.weight("w", tensor::static_type(f32, 3, 3, 8, 16));
  op::conv2d_op::attributes same{};
  same.top = same.left = same.bottom = same.right = 1;
  const auto channels = tensor::static_type(f32, 16);
  const int y = b.add<op::batch_norm_op>({b.add<op::conv2d_op>({x, w}, same),
                                          b.weight("gamma", channels),
                                          b.weight("beta", channels),
                                          b.weight("mean", channels),
                                          b.weight("variance", channels),
                                          b.constant(1e-5F)});
  b.output(b.add<op::relu_op>({y}));
  return b.build();
}

graph::graph<24> residual_graph() {
  test::graph_builder<24> b;
  const int x = b.input("x", tensor::static_type(f32, 128, 32));
  int y = x;
  for (const auto* const name : {"w1", "w2"}) {
    const int w = b.weight(name, tensor::static_type(f32, 32, 32));
    y = b.add<op::add_op>({b.add<op::relu_op>({b.add<op::matmul_op>({y, w})}), y});
  }
  const auto n = tensor::static_type(f32, 32);
  b.output(
      b.add<op::layer_norm_op>({y, b.weight("gamma", n), b.weight("beta", n), b.constant(1e-5F)}));
  return b.build();
}

}  // namespace

TEST_CASE("a linear layer") {
  test::check_golden(__FILE__, "linear", story(test::linear_graph(32, 64, 10)));
}
TEST_CASE("a net of two layers") { test::check_golden(__FILE__, "mlp", story(test::mlp_graph(0))); }
TEST_CASE("residual layers and a norm") {
  test::check_golden(__FILE__, "residual", story(residual_graph()));
}
TEST_CASE("attention") { test::check_golden(__FILE__, "attention", story(attention_graph())); }
TEST_CASE("a convolution with batch norm") {
  test::check_golden(__FILE__, "convolution", story(convolution_graph()));
}
