// SPDX-License-Identifier: MIT
// Small nets made from graphs by hand: the runtime is tested below the language of expressions.
#pragma once

#include <kiln/op/add.hpp>
#include <kiln/op/cast.hpp>
#include <kiln/op/matmul.hpp>
#include <kiln/op/relu.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/runtime/members.hpp>

#include <vector>

namespace support {

using kiln::graph::graph;
using kiln::graph::node;
using kiln::tensor::dim;
using kiln::tensor::dtype;
using kiln::tensor::tensor_type;

template <class Op>
constexpr node make(std::initializer_list<int> operands, tensor_type type) {
  node x{};
  x.kind = kiln::op::kind_of<Op>;
  for (const int i : operands) {
    x.operands[static_cast<std::size_t>(x.count++)] = static_cast<std::int16_t>(i);
  }
  x.type = type;
  return x;
}
template <class Op>
constexpr node leaf(int slot, std::string_view name, tensor_type type) {
  node x = make<Op>({}, type);
  x.slot = static_cast<std::int16_t>(slot);
  x.name = name;
  return x;
}

/// [m, n] of f32; an extent below 0 is the symbol -1 - extent.
constexpr tensor_type matrix(int m, int n, dtype element = dtype::f32) {
  const auto extent = [](int x) {
    return x >= 0 ? dim{x} : dim{1, kiln::tensor::product_of(-1 - x)};
  };
  return {element, 2, {extent(m), extent(n)}};
}
constexpr tensor_type row(int n) { return kiln::tensor::static_type(dtype::f32, n); }

template <const auto& Graph>
struct net_of : kiln::runtime::members<net_of<Graph>> {
  static constexpr const auto& graph = Graph;
  static constexpr auto plan = kiln::plan::place_scratch(kiln::plan::trivial(Graph));
};

/// y = relu(x @ w + b), x: [batch <= 8, 3], w: [3, 5]
inline constexpr auto layer_graph = [] {
  graph<16> g{};
  g.symbols[0] = {"batch", 8};
  g.symbol_count = 1;
  const int x = g.push(leaf<kiln::op::input_op>(0, "x", matrix(-1, 3)));
  const int w = g.push(leaf<kiln::op::weight_op>(0, "w", matrix(3, 5)));
  const int b = g.push(leaf<kiln::op::weight_op>(1, "b", row(5)));
  const int h = g.push(make<kiln::op::matmul_op>({x, w}, matrix(-1, 5)));
  const int s = g.push(make<kiln::op::add_op>({h, b}, matrix(-1, 5)));
  const int y = g.push(make<kiln::op::relu_op>({s}, matrix(-1, 5)));
  g.outputs[0] = {static_cast<std::int16_t>(y), "y"};
  g.output_count = 1;
  return g;
}();
using layer = net_of<layer_graph>;

/// sum = a + b, positive = relu(sum); a, b: [4, 6]
inline constexpr auto two_graph = [] {
  graph<16> g{};
  const int a = g.push(leaf<kiln::op::input_op>(0, "a", matrix(4, 6)));
  const int b = g.push(leaf<kiln::op::input_op>(1, "b", matrix(4, 6)));
  const int s = g.push(make<kiln::op::add_op>({a, b}, matrix(4, 6)));
  const int r = g.push(make<kiln::op::relu_op>({s}, matrix(4, 6)));
  g.outputs[0] = {static_cast<std::int16_t>(s), "sum"};
  g.outputs[1] = {static_cast<std::int16_t>(r), "positive"};
  g.output_count = 2;
  return g;
}();
using two = net_of<two_graph>;

/// y = relu(x), x: [rows <= 8, cols <= 40] of bf16
inline constexpr auto wide_graph = [] {
  graph<16> g{};
  g.symbols[0] = {"rows", 8};
  g.symbols[1] = {"cols", 40};
  g.symbol_count = 2;
  const int x = g.push(leaf<kiln::op::input_op>(0, "x", matrix(-1, -2, dtype::bf16)));
  const int y = g.push(make<kiln::op::relu_op>({x}, matrix(-1, -2, dtype::bf16)));
  g.outputs[0] = {static_cast<std::int16_t>(y), "y"};
  g.output_count = 1;
  return g;
}();
using wide = net_of<wide_graph>;

/// n numbers that differ, of both signs.
inline std::vector<float> numbers(std::size_t n, int salt = 0) {
  std::vector<float> v(n);
  for (std::size_t i = 0; i < n; ++i) {
    v[i] = static_cast<float>((static_cast<int>(i) * 7 + salt * 3) % 11 - 5) * 0.25F;
  }
  return v;
}

/// What `layer` computes, in double.
inline std::vector<float> layer_reference(const std::vector<float>& x,
                                          const std::vector<float>& w,
                                          const std::vector<float>& b) {
  const std::size_t batch = x.size() / 3;
  std::vector<float> y(batch * 5);
  for (std::size_t i = 0; i < batch; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      double sum = static_cast<double>(b[j]);
      for (std::size_t k = 0; k < 3; ++k) {
        sum += static_cast<double>(x[i * 3 + k]) * static_cast<double>(w[k * 5 + j]);
      }
      y[i * 5 + j] = static_cast<float>(sum > 0 ? sum : 0);
    }
  }
  return y;
}

}  // namespace support
