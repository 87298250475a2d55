// SPDX-License-Identifier: MIT
// A plan as a Graphviz drawing: a frame a group, a box a stage, an ellipse a tensor.
#pragma once

#include <kiln/plan/describe.hpp>

#include <string>

namespace kiln::plan {

namespace detail {

template <std::size_t N>
struct drawer final {
  std::string& to;
  const plan<N>& p;

  void append_id(char prefix, int i) {
    to.push_back(prefix);
    graph::append_integer(to, i);
  }
  void append_edge(int stage_index, int tensor, bool reads) {
    if (p.tensors[tensor].at == place::literal) return;
    to.append("  ");
    append_id(reads ? 't' : 's', reads ? tensor : stage_index);
    to.append(" -> ");
    append_id(reads ? 's' : 't', reads ? stage_index : tensor);
    to.append(";\n");
  }
  void append_stage(int index) {
    const stage& s = p.stages[index];
    const bool named = s.kind != anchor::map && s.kind != anchor::pack;
    to.append("    ");
    append_id('s', index);
    to.append(" [shape=box, label=\"");
    to.append(named ? op::describe(s.operation).name : name_of(s.kind));
    for (int i = 0; i < s.instructions; ++i) {
      to.append("\\n");
      to.append(op::describe(p.instructions[s.first_instruction + i].kind).name);
    }
    to.append("\"];\n");
  }
  void append_group(int k) {
    to.append("  subgraph cluster_");
    graph::append_integer(to, k);
    to.append(" {\n    label=\"group ");
    graph::append_integer(to, k);
    to.append(k < p.prepare_groups ? " (bind)\";\n" : "\";\n");
    for (int i = p.groups[k].first; i < p.groups[k].first + p.groups[k].items; ++i) {
      if (!p.items[i].is_loop) append_stage(p.items[i].index);
    }
    to.append("  }\n");
  }
  void append_tensor(int t) {
    if (p.tensors[t].at == place::literal || stages_that_touch(p, t).first < 0) return;
    to.append("  ");
    append_id('t', t);
    to.append(" [shape=ellipse, label=\"");
    to.append(name_of(p.tensors[t].at));
    to.append(" %");
    graph::append_integer(to, p.tensors[t].node);
    to.append("\\n");
    graph::append_type(to, p.tensors[t].type, p.symbols);
    to.append("\"];\n");
  }
  void append_edges(int index) {
    const stage& s = p.stages[index];
    for (int k = 0; k < s.operands; ++k) {
      append_edge(index, p.views[s.first_operand + k].tensor, true);
    }
    for (int k = 0; k < s.loads; ++k) append_edge(index, p.views[s.first_load + k].tensor, true);
    for (int k = 0; k < s.stores; ++k) {
      append_edge(index, p.views[p.stores[s.first_store + k].view].tensor, false);
    }
  }
  void append_all() {
    to.append("digraph kiln {\n  node [fontname=monospace];\n");
    for (int k = 0; k < p.groups.size; ++k) append_group(k);
    for (int t = 0; t < p.tensors.size; ++t) append_tensor(t);
    for (int i = 0; i < p.items.size; ++i) {
      if (!p.items[i].is_loop) append_edges(p.items[i].index);
    }
    to.append("}\n");
  }
};

}  // namespace detail

/// The plan in the DOT language, for Graphviz.
template <std::size_t N>
std::string dot(const plan<N>& p) {
  std::string text;
  detail::drawer<N>{text, p}.append_all();
  return text;
}

}  // namespace kiln::plan
