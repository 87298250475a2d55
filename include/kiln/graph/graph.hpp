// SPDX-License-Identifier: MIT
// The intermediate representation: a DAG of operators as one constexpr value.
#pragma once

#include <kiln/core/unreachable.hpp>
#include <kiln/op/registry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kiln::graph {

/// The most operands of a node, and outputs of a graph.
inline constexpr int max_operands = 8;
inline constexpr int max_outputs = 8;

/// A user's callable, type-erased so that values can carry it: the f64 meaning of a map.
struct callable final {
  const void* object = nullptr;
  double (*call)(const void* object, const double* arguments) = nullptr;
  constexpr bool operator==(const callable&) const = default;
};

/// One operator with its operands, which come earlier in the graph.
struct node final {
  op::kind kind{};
  std::int8_t count = 0;   // operands
  std::int16_t slot = -1;  // which input, weight, table or callable of the expression; -1: none
  std::array<std::int16_t, max_operands> operands{-1, -1, -1, -1, -1, -1, -1, -1};
  op::attribute_words attributes{};
  tensor::tensor_type type{};
  float value = 0;               // constant
  const float* table = nullptr;  // table: elements in row-major order
  std::string_view name{};       // input and weight: their name
  callable user{};               // map and map_vector

  template <class Op>
  [[nodiscard]] constexpr bool is() const {
    return kind == op::kind_of<Op>;
  }
  [[nodiscard]] constexpr int operand(int i) const { return operands[static_cast<std::size_t>(i)]; }
  [[nodiscard]] constexpr const op::facts& facts() const { return op::describe(kind); }
  template <class Op>
  [[nodiscard]] constexpr typename Op::attributes attributes_of() const {
    return op::decode<typename Op::attributes>(attributes);
  }
};

/// One result of the graph and its name.
struct output final {
  std::int16_t node = -1;
  std::string_view name{};
};

/// A DAG of at most Capacity nodes in topological order.
///
/// @law  every operand of a node has a smaller index than the node
template <std::size_t Capacity>
struct graph final {
  static constexpr std::size_t capacity = Capacity;
  std::array<node, Capacity> nodes{};
  int size = 0;
  std::array<output, max_outputs> outputs{};
  int output_count = 0;
  tensor::symbol_table symbols{};
  int symbol_count = 0;

  constexpr const node& operator[](int i) const { return nodes[static_cast<std::size_t>(i)]; }
  constexpr node& operator[](int i) { return nodes[static_cast<std::size_t>(i)]; }

  /// Appends a node and returns its index. A full graph is a hard error of the evaluation.
  constexpr int push(const node& n) {
    if (size == static_cast<int>(Capacity)) core::unreachable("graph capacity exceeded");
    nodes[static_cast<std::size_t>(size)] = n;
    return size++;
  }
};

}  // namespace kiln::graph
