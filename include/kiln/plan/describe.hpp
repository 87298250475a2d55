// SPDX-License-Identifier: MIT
// A plan as text: one line a loop, stage, line of a program, and tensor.
#pragma once

#include <kiln/graph/describe.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/tensor/tile.hpp>

#include <string>
#include <string_view>

namespace kiln::plan {

/// The names of the words of a plan, as its text has them.
constexpr std::string_view name_of(place p) {
  constexpr std::string_view names[] = {
      "argument", "result", "weight", "packed", "block", "shared", "literal", "table"};
  return names[static_cast<int>(p)];
}
constexpr std::string_view name_of(role r) {
  constexpr std::string_view names[] = {"parallel", "serial", "reduce"};
  return names[static_cast<int>(r)];
}
constexpr std::string_view name_of(anchor a) {
  constexpr std::string_view names[] = {
      "map", "matmul", "convolution", "pooling", "reduction", "row", "pack"};
  return names[static_cast<int>(a)];
}

/// First and last stage, in the order of the tree, that touch a tensor; -1: none.
struct stage_span final {
  int first = -1;
  int last = -1;
};

/// The stages between which a tensor has to be kept.
template <std::size_t N>
constexpr stage_span stages_that_touch(const plan<N>& p, int tensor) {
  stage_span span{};
  for (int i = 0; i < p.items.size; ++i) {
    if (p.items[i].is_loop) continue;
    const stage& s = p.stages[p.items[i].index];
    bool touched = false;
    for (int k = 0; k < s.operands; ++k) touched |= p.views[s.first_operand + k].tensor == tensor;
    for (int k = 0; k < s.loads; ++k) touched |= p.views[s.first_load + k].tensor == tensor;
    for (int k = 0; k < s.stores; ++k) {
      touched |= p.views[p.stores[s.first_store + k].view].tensor == tensor;
    }
    if (!touched) continue;
    if (span.first < 0) span.first = p.items[i].index;
    span.last = p.items[i].index;
  }
  return span;
}

namespace detail {

using graph::append_extent;
using graph::append_float;
using graph::append_integer;
using graph::append_type;

/// Writes the parts of one plan.
template <graph::text_sink Text, std::size_t N, std::size_t G>
struct describer final {
  Text& to;
  const plan<N>& p;
  const graph::graph<G>* g;  // null: no names

  constexpr void append_name(std::string_view name) {
    to.push_back('"');
    to.append(name);
    to.push_back('"');
  }
  /// A caller's tensor by its name, a number by its value, all others by their place.
  constexpr void append_tensor(int t) {
    const placed_tensor& x = p.tensors[t];
    const bool scratch = x.at == place::packed || x.at == place::block || x.at == place::shared;
    if (scratch || x.at == place::table) {
      to.push_back('t');
      append_integer(to, t);
    } else if (g == nullptr) {
      to.append(name_of(x.at));
      to.append(" %");
      append_integer(to, x.node);
    } else if (x.at == place::literal) {
      append_float(to, (*g)[x.slot].value);
    } else if (x.at == place::result) {
      append_name(g->outputs[static_cast<std::size_t>(x.slot)].name);
    } else {
      append_name((*g)[x.node].name);
    }
  }
  constexpr void append_stride(const stride& s) {
    const bool plain = s.rows == 0 && s.symbols.is_empty();
    if (plain || s.factor != 1) append_integer(to, s.factor);
    bool first = !plain && s.factor == 1;
    if (s.rows != 0) {
      to.append(first ? "row" : "*row");
      first = false;
    }
    if (s.symbols.is_empty()) return;
    if (!first) to.push_back('*');
    append_extent(to, {1, s.symbols}, p.symbols);
  }
  constexpr void append_view(const view& v) {
    append_tensor(v.tensor);
    if (p.tensors[v.tensor].at == place::literal) return;
    to.push_back('(');
    for (int i = 0; i < v.rank; ++i) {
      if (i > 0) to.append(", ");
      append_stride(v[i]);
    }
    if (v.start != 0 || v.start_rows != 0) {
      to.append(" from ");
      if (v.start != 0 || v.start_rows == 0) append_integer(to, v.start);
      if (v.start != 0 && v.start_rows != 0) to.append(" + ");
      if (v.start_rows != 0) append_stride({v.start_rows, 1});
    }
    to.push_back(')');
  }
  constexpr void append_register(int r) {
    to.push_back('r');
    append_integer(to, r);
  }

  // ---- the tree
  // -----------------------------------------------------------------------------------

  constexpr void indent(int depth) {
    for (int i = 0; i < depth; ++i) to.append("  ");
  }
  constexpr void append_loop(const item& x, int depth) {
    const loop& l = p.loops[x.index];
    indent(depth);
    to.append("for i");
    append_integer(to, x.index);
    to.append(" in ");
    append_extent(to, l.extent, p.symbols);
    to.append(" step ");
    append_integer(to, l.step);
    to.append(", ");
    to.append(name_of(l.runs));
    if (l.grain != 1) {
      to.append(" by ");
      append_integer(to, l.grain);
    }
    to.push_back('\n');
  }
  constexpr void append_axes(const stage& s) {
    to.push_back('[');
    for (int i = 0; i < s.rank; ++i) {
      if (i > 0) to.append(i == s.kept ? " | " : ", ");
      if (i == 0 && s.kept == 0) to.append("| ");
      append_extent(to, s.extents[static_cast<std::size_t>(i)], p.symbols);
      for (const slice& x : s.slices) {
        if (x.loop < 0 || x.axis != i) continue;
        to.append(" at i");
        append_integer(to, x.loop);
        if (x.scale != 1) to.append("*"), append_integer(to, x.scale);
        if (x.before != 0) to.append("-"), append_integer(to, x.before);
        if (x.after != 0) to.append(" to +"), append_integer(to, x.after);
      }
    }
    to.push_back(']');
  }
  constexpr void append_stage(int index, int depth) {
    const stage& s = p.stages[index];
    indent(depth);
    to.append("s");
    append_integer(to, index);
    to.append(": ");
    const bool named = s.kind != anchor::map && s.kind != anchor::pack;
    to.append(named ? op::describe(s.operation).name : name_of(s.kind));
    to.append(" %");
    append_integer(to, s.node);
    to.push_back(' ');
    append_axes(s);
    if (s.tile.mr > 0) {
      to.append(" tile ");
      append_integer(to, s.tile.mr);
      to.push_back('x');
      append_integer(to, s.tile.nv);
    }
    if (s.accumulate) to.append(" accumulating");
    for (int i = 0; i < s.operands; ++i) {
      to.append(i == 0 ? " of " : ", ");
      append_view(p.views[s.first_operand + i]);
    }
    to.push_back('\n');
    append_program(s, depth + 1);
  }
  /// Loads, the anchor's register, lines and stores of a stage.
  constexpr void append_program(const stage& s, int depth) {
    for (int i = 0; i < s.loads; ++i) {
      indent(depth);
      append_register(i);
      to.append(" = ");
      append_view(p.views[s.first_load + i]);
      to.push_back('\n');
    }
    const int anchors = s.kind == anchor::map ? 0 : 1;
    for (int i = 0; i < s.instructions; ++i) {
      const instruction& x = p.instructions[s.first_instruction + i];
      indent(depth);
      append_register(s.loads + anchors + i);
      to.append(" = ");
      to.append(op::describe(x.kind).name);
      to.push_back('(');
      for (int k = 0; k < x.count; ++k) {
        if (k > 0) to.append(", ");
        const int r = x.registers[static_cast<std::size_t>(k)];
        if (anchors == 1 && r == s.loads) {
          to.append(name_of(s.kind));
        } else {
          append_register(r);
        }
      }
      to.append(")\n");
    }
    for (int i = 0; i < s.stores; ++i) {
      const store& x = p.stores[s.first_store + i];
      indent(depth);
      append_view(p.views[x.view]);
      to.append(" = ");
      if (anchors == 1 && x.reg == s.loads) {
        to.append(name_of(s.kind));
      } else {
        append_register(x.reg);
      }
      to.push_back('\n');
    }
  }
  constexpr void append_items(int first, int end, int depth) {
    for (int i = first; i < end; ++i) {
      const item& x = p.items[i];
      if (x.is_loop) {
        append_loop(x, depth);
        append_items(i + 1, i + 1 + x.body, depth + 1);
        i += x.body;
      } else {
        append_stage(x.index, depth);
      }
    }
  }
  constexpr void append_groups(std::string_view title, int first, int end) {
    if (first == end) return;
    to.append(title);
    for (int k = first; k < end; ++k) {
      to.append("group ");
      append_integer(to, k);
      to.push_back('\n');
      append_items(p.groups[k].first, p.groups[k].first + p.groups[k].items, 1);
    }
  }

  // ---- memory
  // -------------------------------------------------------------------------------------

  /// The map of scratch and packed memory: what is where, and from which stage to which it lives.
  constexpr void append_memory() {
    bool titled = false;
    for (int t = 0; t < p.tensors.size; ++t) {
      const placed_tensor& x = p.tensors[t];
      if (x.at != place::packed && x.at != place::block && x.at != place::shared) continue;
      const stage_span life = stages_that_touch(p, t);
      if (life.first < 0) continue;
      if (!titled) to.append("memory\n");
      titled = true;
      append_memory_line(t, life);
    }
  }
  constexpr void append_memory_line(int t, const stage_span& life) {
    const placed_tensor& x = p.tensors[t];
    to.append("  t");
    append_integer(to, t);
    to.append(" = %");
    append_integer(to, x.node);
    to.append(" : ");
    append_type(to, x.type, p.symbols);
    if (x.form == layout::panels) to.append(" in panels");
    if (x.form == layout::filters) to.append(" as packed filters");
    if (x.type.rank > 1 && x.row_stride > 0 && x.row_stride != x.type.back().factor) {
      to.append(", rows of ");
      append_integer(to, x.row_stride);
    }
    if (x.carried) to.append(", carried");
    to.append(", ");
    to.append(name_of(x.at));
    to.push_back(' ');
    append_integer(to, x.offset);
    to.append(" + ");
    append_integer(to, x.bytes);
    to.append(" bytes, s");
    append_integer(to, life.first);
    to.append(" to s");
    append_integer(to, life.last);
    to.push_back('\n');
  }

  constexpr void append_plan() {
    const int groups = p.groups.size - p.prepare_groups;
    append_integer(to, groups);
    to.append(groups == 1 ? " group, " : " groups, ");
    append_integer(to, p.prepare_groups);
    to.append(" at bind; scratch ");
    append_integer(to, p.scratch_bytes);
    to.append(" bytes, ");
    append_integer(to, p.prepare_scratch_bytes);
    to.append(" at bind; packed ");
    append_integer(to, p.packed_bytes);
    to.append(" bytes\n");
    append_groups("bind\n", 0, p.prepare_groups);
    append_groups("run\n", p.prepare_groups, p.groups.size);
    append_memory();
  }
};

}  // namespace detail

/// Writes the plan: sizes, groups with their loops and stages, the map of scratch and packed
/// memory. A view is its tensor with a stride for each axis of its stage, `row` the caller's row
/// stride.
///
/// @cost  linear in stages, times tensors for the map
template <graph::text_sink Text, std::size_t N, std::size_t G>
constexpr void append_plan(Text& to, const plan<N>& p, const graph::graph<G>& g) {
  detail::describer<Text, N, G>{to, p, &g}.append_plan();
}

/// The text of the plan of a graph.
template <std::size_t N, std::size_t G>
std::string describe(const plan<N>& p, const graph::graph<G>& g) {
  std::string text;
  append_plan(text, p, g);
  return text;
}

/// The text of a plan without its graph: callers' tensors by their node instead of their name.
template <std::size_t N>
std::string describe(const plan<N>& p) {
  std::string text;
  detail::describer<std::string, N, 1>{text, p, nullptr}.append_plan();
  return text;
}

/// The text of a plan as a constant, of at most Capacity characters.
template <std::size_t Capacity, std::size_t N, std::size_t G>
constexpr graph::text_buffer<Capacity> describe_into(const plan<N>& p, const graph::graph<G>& g) {
  graph::text_buffer<Capacity> text;
  append_plan(text, p, g);
  return text;
}

}  // namespace kiln::plan
