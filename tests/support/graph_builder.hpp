// SPDX-License-Identifier: MIT
// Graphs written by hand in tests, in constant expressions too.
#pragma once

#include <kiln/graph/query.hpp>

#include <initializer_list>
#include <string_view>

namespace kiln::test {

/// The type of an f32 tensor of these extents.
template <class... Extents>
constexpr tensor::tensor_type shape(Extents... extents) {
  return tensor::static_type(tensor::dtype::f32, extents...);
}

/// Appends nodes with inferred types. A mistake is a hard error of the evaluation.
///
/// @law  first_invalid(build()) == -1
template <std::size_t N>
class graph_builder final {
 public:
  constexpr int input(std::string_view name, const tensor::tensor_type& type) {
    return source(op::kind_of<op::input_op>, name, type, inputs_++);
  }
  constexpr int weight(std::string_view name, const tensor::tensor_type& type) {
    return source(op::kind_of<op::weight_op>, name, type, weights_++);
  }
  constexpr int constant(float value) {
    graph::node n{};
    n.kind = op::kind_of<op::constant_op>;
    n.value = value;
    return g_.push(n);
  }
  constexpr int table(const float* values, const tensor::tensor_type& type) {
    graph::node n{};
    n.kind = op::kind_of<op::table_op>;
    n.type = type;
    n.table = values;
    return g_.push(n);
  }
  /// Op(operands...).
  template <class Op>
  constexpr int add(std::initializer_list<int> operands,
                    const typename Op::attributes& attributes = {}) {
    graph::node n{};
    n.kind = op::kind_of<Op>;
    n.attributes = op::encode(attributes);
    for (const int o : operands) {
      n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
    }
    return finish(n, graph::infer(g_, n));
  }
  constexpr int map(const graph::callable& user, int slot, std::initializer_list<int> operands) {
    const int i = add<op::map_op>(operands);
    g_[i].user = user;
    g_[i].slot = static_cast<std::int16_t>(slot);
    return i;
  }
  constexpr int reshape(int x, const tensor::tensor_type& type) {
    graph::node n{};
    n.kind = op::kind_of<op::reshape_op>;
    n.count = 1;
    n.operands[0] = static_cast<std::int16_t>(x);
    n.type = type;
    return finish(n, graph::infer(g_, n));
  }
  constexpr void output(int node, std::string_view name = "y") {
    g_.outputs[static_cast<std::size_t>(g_.output_count++)] = {static_cast<std::int16_t>(node),
                                                               name};
  }
  constexpr void symbol(const char* name, int bound) {
    g_.symbols[static_cast<std::size_t>(g_.symbol_count++)] = {name, bound};
  }
  constexpr const graph::graph<N>& build() const { return g_; }

 private:
  constexpr int source(op::kind kind,
                       std::string_view name,
                       const tensor::tensor_type& type,
                       std::int16_t slot) {
    graph::node n{};
    n.kind = kind;
    n.type = type;
    n.name = name;
    n.slot = slot;
    return g_.push(n);
  }
  constexpr int finish(graph::node& n, const op::inferred& r) {
    if (r.what != op::mistake::none) core::unreachable("a test's graph breaks a shape rule");
    n.type = r.type;
    return g_.push(n);
  }

  graph::graph<N> g_{};
  std::int16_t inputs_ = 0;
  std::int16_t weights_ = 0;
};

}  // namespace kiln::test
