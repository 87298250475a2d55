// SPDX-License-Identifier: MIT
// Small graphs as constants, for tests of plans.
#pragma once

#include <support/graph_builder.hpp>

namespace kiln::test {

/// y = relu(x w + b) with x [m, k] and w [k, n].
constexpr graph::graph<8> linear_graph(int m, int k, int n) {
  graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(f32, m, k));
  const int w = b.weight("w", tensor::static_type(f32, k, n));
  const int bias = b.weight("b", tensor::static_type(f32, n));
  const int sum = b.add<op::add_op>({b.add<op::matmul_op>({x, w}), bias});
  b.output(b.add<op::relu_op>({sum}));
  return b.build();
}

/// y = softmax(relu(x w1) w2) with `rows` rows; 0: a dynamic extent "batch" of at most 100.
constexpr graph::graph<12> mlp_graph(int rows) {
  graph_builder<12> b;
  auto type = tensor::static_type(f32, rows, 6);
  if (rows == 0) {
    b.symbol("batch", 100);
    type[0] = {1, tensor::product_of(0)};
  }
  const int x = b.input("x", type);
  const int w1 = b.weight("w1", tensor::static_type(f32, 6, 20));
  const int w2 = b.weight("w2", tensor::static_type(f32, 20, 5));
  const int h = b.add<op::relu_op>({b.add<op::matmul_op>({x, w1})});
  b.output(b.add<op::softmax_op>({b.add<op::matmul_op>({h, w2})}, {1}));
  return b.build();
}

}  // namespace kiln::test
