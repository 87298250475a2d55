// SPDX-License-Identifier: MIT
// A graph as text, one line a node, and as a Graphviz drawing.
#pragma once

#include <kiln/graph/query.hpp>
#include <kiln/graph/text.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::graph {

namespace detail {

// Names and values that are not worth a word, of the integer attributes of one operator.
struct attribute_names final {
  op::kind kind{};
  std::array<std::string_view, 10> names{};
  op::attribute_words usual{};
};

template <class Op, class... Names>
constexpr attribute_names names_of(Names... names) {
  return {op::kind_of<Op>, {names...}, op::encode(typename Op::attributes{})};
}

inline constexpr std::array attribute_table{
    names_of<op::matmul_op>("transpose_a", "transpose_b"),
    names_of<op::grouped_matmul_op>("bits", "group"),
    names_of<op::conv2d_op>("stride_h",
                            "stride_w",
                            "top",
                            "left",
                            "bottom",
                            "right",
                            "dilation_h",
                            "dilation_w",
                            "groups"),
    names_of<op::max_pool_op>("window_h",
                              "window_w",
                              "stride_h",
                              "stride_w",
                              "top",
                              "left",
                              "bottom",
                              "right",
                              "count_include_pad"),
    names_of<op::avg_pool_op>("window_h",
                              "window_w",
                              "stride_h",
                              "stride_w",
                              "top",
                              "left",
                              "bottom",
                              "right",
                              "count_include_pad"),
};

template <text_sink Text>
constexpr void append_named(Text& to, std::string_view name, std::int32_t value) {
  to.append(", ");
  to.append(name);
  to.push_back('=');
  append_integer(to, value);
}

template <text_sink Text, class Axes>
constexpr void append_axes(Text& to, std::string_view name, int count, Axes axis) {
  to.append(", ");
  to.append(name);
  to.append("=[");
  for (int i = 0; i < count; ++i) {
    if (i > 0) to.append(", ");
    append_integer(to, axis(i));
  }
  to.push_back(']');
}

template <text_sink Text>
constexpr void append_reduction(Text& to, const node& n) {
  std::array<int, tensor::max_rank> axes{};
  int count = 0;
  for (int i = 0; i < tensor::max_rank; ++i) {
    if (((n.attributes[0] >> i) & 1) != 0) axes[static_cast<std::size_t>(count++)] = i;
  }
  append_axes(to, "axes", count, [&](int i) { return axes[static_cast<std::size_t>(i)]; });
  if (n.attributes[1] != 0) to.append(", keep");
}

template <text_sink Text>
constexpr void append_attributes(Text& to, const node& n) {
  if (n.facts().group == op::category::reduction) return append_reduction(to, n);
  if (n.is<op::transpose_op>()) {
    return append_axes(
        to, "order", n.type.rank, [&](int i) { return n.attributes[static_cast<std::size_t>(i)]; });
  }
  if (n.is<op::slice_op>()) {
    append_named(to, "axis", n.attributes[0]);
    append_named(to, "begin", n.attributes[1]);
    append_named(to, "end", n.attributes[2]);
    if (n.attributes[3] != 1) append_named(to, "step", n.attributes[3]);
  }
  if (n.is<op::softmax_op>() || n.is<op::log_softmax_op>() || n.is<op::concat_op>()) {
    append_named(to, "axis", n.attributes[0]);
  }
  for (const attribute_names& row : attribute_table) {
    if (row.kind != n.kind) continue;
    for (std::size_t i = 0; i < row.names.size(); ++i) {
      if (n.attributes[i] != row.usual[i]) append_named(to, row.names[i], n.attributes[i]);
    }
  }
}

template <text_sink Text>
constexpr void append_place(Text& to, int node) {
  to.push_back('%');
  append_integer(to, node);
}

// What a node is, without its place and type.
template <text_sink Text>
constexpr void append_operation(Text& to, const node& n) {
  to.append(n.facts().name);
  if (is_interface(n)) {
    to.append(" \"");
    to.append(n.name);
    to.push_back('"');
  } else if (n.is<op::constant_op>()) {
    to.push_back(' ');
    append_float(to, n.value);
  } else if (n.count > 0) {
    to.push_back('(');
    for (int k = 0; k < n.count; ++k) {
      if (k > 0) to.append(", ");
      append_place(to, n.operand(k));
    }
    append_attributes(to, n);
    to.push_back(')');
  }
}

}  // namespace detail

/// Writes an extent: 32, batch, 2*batch*steps.
template <text_sink Text>
constexpr void append_extent(Text& to,
                             const tensor::dim& extent,
                             const tensor::symbol_table& symbols) {
  if (extent.is_static() || extent.factor != 1) append_integer(to, extent.factor);
  bool first = extent.factor == 1;
  for (int s = 0; s < tensor::max_symbols; ++s) {
    for (int k = 0; k < extent.symbols[s]; ++k) {
      if (!first) to.push_back('*');
      first = false;
      const char* name = symbols[static_cast<std::size_t>(s)].name;
      to.append(name == nullptr ? std::string_view("?") : std::string_view(name));
    }
  }
}

/// Writes a type: f32[batch, 512]; a scalar has no brackets.
template <text_sink Text>
constexpr void append_type(Text& to,
                           const tensor::tensor_type& type,
                           const tensor::symbol_table& symbols) {
  to.append(name_of(type.element));
  if (type.rank == 0) return;
  to.push_back('[');
  for (int i = 0; i < type.rank; ++i) {
    if (i > 0) to.append(", ");
    append_extent(to, type[i], symbols);
  }
  to.push_back(']');
}

/// Writes the line of node i, without its end: `%3 = matmul(%0, %1) : f32[32, 512]`.
template <text_sink Text, std::size_t N>
constexpr void append_node(Text& to, const graph<N>& g, int i) {
  detail::append_place(to, i);
  to.append(" = ");
  detail::append_operation(to, g[i]);
  to.append(" : ");
  append_type(to, g[i].type, g.symbols);
}

/// Writes the graph: a line for each dynamic extent, each node, and the outputs.
///
/// @cost  linear in nodes and operands
template <text_sink Text, std::size_t N>
constexpr void append_graph(Text& to, const graph<N>& g) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(g.symbol_count); ++s) {
    append_extent(to, {1, tensor::product_of(static_cast<int>(s))}, g.symbols);
    to.append(" <= ");
    append_integer(to, g.symbols[s].bound);
    to.push_back('\n');
  }
  for (int i = 0; i < g.size; ++i) {
    append_node(to, g, i);
    to.push_back('\n');
  }
  to.append("return");
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.output_count); ++i) {
    to.append(i == 0 ? " " : ", ");
    to.append(g.outputs[i].name);
    to.append(" = ");
    detail::append_place(to, g.outputs[i].node);
  }
  to.push_back('\n');
}

namespace detail {
// Names stand in quotes in the DOT language.
template <text_sink Text>
constexpr void append_escaped(Text& to, std::string_view name) {
  for (const char c : name) {
    if (c == '"' || c == '\\') to.push_back('\\');
    to.push_back(c);
  }
}

template <text_sink Text>
constexpr void append_label(Text& to, const node& n, const tensor::symbol_table& symbols) {
  to.append(n.facts().name);
  if (is_interface(n)) {
    to.push_back(' ');
    append_escaped(to, n.name);
  } else if (n.is<op::constant_op>()) {
    to.push_back(' ');
    append_float(to, n.value);
  }
  append_attributes(to, n);
  to.append("\\n");
  append_type(to, n.type, symbols);
}

template <text_sink Text>
constexpr void append_edge(Text& to, int from, char kind, int user) {
  to.append("  n");
  append_integer(to, from);
  to.append(" -> ");
  to.push_back(kind);
  append_integer(to, user);
  to.append(";\n");
}
}  // namespace detail

/// Writes the graph in the DOT language, one box a node.
template <text_sink Text, std::size_t N>
constexpr void append_dot(Text& to, const graph<N>& g) {
  to.append("digraph kiln {\n  node [shape=box, fontname=monospace];\n");
  for (int i = 0; i < g.size; ++i) {
    to.append("  n");
    append_integer(to, i);
    to.append(" [label=\"");
    detail::append_label(to, g[i], g.symbols);
    to.append("\"];\n");
    for (int k = 0; k < g[i].count; ++k) detail::append_edge(to, g[i].operand(k), 'n', i);
  }
  for (int i = 0; i < g.output_count; ++i) {
    const output& result = g.outputs[static_cast<std::size_t>(i)];
    to.append("  y");
    append_integer(to, i);
    to.append(" [shape=plaintext, label=\"");
    detail::append_escaped(to, result.name);
    to.append("\"];\n");
    detail::append_edge(to, result.node, 'y', i);
  }
  to.append("}\n");
}

/// The text of a graph.
template <std::size_t N>
std::string describe(const graph<N>& g) {
  std::string text;
  append_graph(text, g);
  return text;
}

/// The text of a graph as a constant, of at most Capacity characters.
template <std::size_t Capacity, std::size_t N>
constexpr text_buffer<Capacity> describe_into(const graph<N>& g) {
  text_buffer<Capacity> text;
  append_graph(text, g);
  return text;
}

/// The graph in the DOT language, for Graphviz.
template <std::size_t N>
std::string dot(const graph<N>& g) {
  std::string text;
  append_dot(text, g);
  return text;
}

}  // namespace kiln::graph
