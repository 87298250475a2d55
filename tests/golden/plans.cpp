// SPDX-License-Identifier: MIT
// What passes and moves make of typical subgraphs, for one fixed machine.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/plan/describe.hpp>
#include <kiln/plan/group_facts.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/plan/unfused.hpp>

#include <initializer_list>
#include <support/golden.hpp>
#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

// Why groups are what they are, kernels, and what stayed in memory.
template <std::size_t N>
std::string ending(const plan::plan<N>& p) {
  std::string text;
  text.append("\ngroups\n");
  for (int k = 0; k < p.groups.size - p.prepare_groups; ++k) {
    text += "group " + std::to_string(p.prepare_groups + k) + "\n";
    plan::append_reasons(text, p, k, machine);
  }
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
  auto p = plan::trivial(g, machine);
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
  return text + ending(p);
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

// Layers with a relu behind each.
graph::graph<24> layers_graph(int rows, std::initializer_list<int> widths) {
  test::graph_builder<24> b;
  constexpr const char* names[] = {"w1", "w2", "w3", "w4"};
  int y = -1, width = 0, layer = 0;
  for (const int n : widths) {
    if (y < 0) {
      y = b.input("x", tensor::static_type(f32, rows, n));
    } else {
      const int w = b.weight(names[layer++], tensor::static_type(f32, width, n));
      y = b.add<op::relu_op>({b.add<op::matmul_op>({y, w})});
    }
    width = n;
  }
  b.output(y);
  return b.build();
}
// The last plan for that many threads.
std::string planned(const graph::graph<24>& from, int threads) {
  static constexpr auto moves = plan::moves_for(machine);
  const auto g = pass::optimize(from);
  const auto p = moves.for_threads(threads)(plan::trivial(g, machine));
  return plan::describe(p, g) + ending(p);
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
TEST_CASE("layers of many rows: blocks for any number of threads") {
  test::check_golden(__FILE__, "ranker", planned(layers_graph(128, {13, 512, 256, 128}), 2));
}
TEST_CASE("layers of one row: one group for one thread, columns for several") {
  const auto g = layers_graph(1, {479, 1024, 1024, 64});
  test::check_golden(__FILE__, "one_row", planned(g, 1));
  test::check_golden(__FILE__, "one_row_team", planned(g, 2));
}
