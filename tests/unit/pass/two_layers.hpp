// SPDX-License-Identifier: MIT
// The graph on which passes that change the element type of products are tested.
#pragma once

#include <kiln/tensor/shape.hpp>

#include <support/graph_builder.hpp>

namespace kiln::test {

/// Two layers, and a product of two computed matrices, which has no weights.
inline constexpr auto two_layers = [] {
  using tensor::static_type;
  graph_builder<200> b;
  const int x = b.input("x", static_type(f32, 4, 8));
  const int h =
      b.add<op::relu_op>({b.add<op::matmul_op>({x, b.weight("w1", static_type(f32, 8, 4))})});
  const int y = b.add<op::matmul_op>({h, b.weight("w2", static_type(f32, 4, 4))});
  b.output(b.add<op::matmul_op>({y, y}));
  return b.build();
}();

}  // namespace kiln::test
