// SPDX-License-Identifier: MIT
// A user's callable as an operator, element by element or on whole vectors.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// f(float, ...) -> float, called for every element; the callable travels beside the graph.
struct map_op final : elementwise_operation<-1> {
  static constexpr std::string_view name = "map";
  static constexpr double cost = 1;
};

/// f(pack, ...) -> pack for vectors of any width, float included.
struct map_vector_op final : elementwise_operation<-1> {
  static constexpr std::string_view name = "map_vector";
  static constexpr double cost = 1;
};

}  // namespace kiln::op
