// SPDX-License-Identifier: MIT
// What a plan costs: flop, bytes moved, tensors in memory. For static_assert and explain.
#pragma once

#include <kiln/plan/plan.hpp>

#include <array>

namespace kiln::plan {

/// Room of a plan beyond the nodes of its graph, for the smallest graphs.
inline constexpr int spare_nodes = 8;

/// The capacity of a plan of g: its nodes, and for each convolution one more, which may need five
/// tensors (filters as they come and packed, an image made dense, room for lines, the result).
template <class Graph>
constexpr std::size_t capacity_for(const Graph& g) {
  int nodes = g.size + spare_nodes;
  for (int i = 0; i < g.size; ++i) nodes += g[i].template is<op::conv2d_op>() ? 1 : 0;
  return static_cast<std::size_t>(nodes);
}

namespace detail {

template <class Plan>
constexpr double elems_of(const Plan& p, const stage& s, int axes) {
  double n = 1;
  for (int i = 0; i < axes; ++i) {
    n *= static_cast<double>(bound_of(s.extents[static_cast<std::size_t>(i)], p.symbols));
  }
  return n;
}

/// Calls f(stage) for the stages of a group.
template <class Plan, class F>
constexpr void for_each_stage(const Plan& p, int g, F f) {
  for (int i = p.groups[g].first; i < p.groups[g].first + p.groups[g].items; ++i) {
    if (!p.items[i].is_loop) f(p.stages[p.items[i].index]);
  }
}

/// Flop of an anchor for one element of its result, reductions counted over what they reduce.
template <class Plan, class Graph>
constexpr double anchor_flops(const Plan& p, const Graph& g, const stage& s) {
  switch (s.kind) {
    case anchor::matmul:
      return 2 * elems_of(p, s, s.rank);
    case anchor::convolution: {
      const auto& w = g[g[s.node].operand(1)].type;
      return 2 * elems_of(p, s, s.kept) * w[0].factor * w[1].factor * w[2].factor;
    }
    case anchor::pooling:
      return elems_of(p, s, s.kept) * g[s.node].attributes[0] * g[s.node].attributes[1];
    case anchor::reduction:
      return elems_of(p, s, s.rank);
    case anchor::row:
      return 5 * elems_of(p, s, s.rank);
    default:
      return 0;
  }
}

}  // namespace detail

/// Flop of a group, with dynamic extents at their bounds.
template <class Plan, class Graph>
constexpr double flops(const Plan& p, const Graph& g, int group_of_run) {
  double sum = 0;
  detail::for_each_stage(p, p.prepare_groups + group_of_run, [&](const stage& s) {
    sum += detail::anchor_flops(p, g, s);
    const double elems = detail::elems_of(p, s, s.kind == anchor::row ? s.rank : s.kept);
    for (int i = 0; i < s.instructions; ++i) {
      sum += elems * op::describe(p.instructions[s.first_instruction + i].kind).cost;
    }
  });
  return sum;
}

/// Bytes that a group reads and writes outside of block scratch, every tensor counted once a stage.
template <class Plan>
constexpr double bytes(const Plan& p, int group_of_run) {
  double sum = 0;
  const auto add = [&](const view& v) {
    const placed_tensor& t = p.tensors[v.tensor];
    if (t.at != place::block && t.at != place::literal) sum += static_cast<double>(t.bytes);
  };
  detail::for_each_stage(p, p.prepare_groups + group_of_run, [&](const stage& s) {
    for (int i = 0; i < s.operands; ++i) {
      const view& v = p.views[s.first_operand + i];
      // The sums behind panels are a part of them.
      if (i < 2 || v.tensor != p.views[s.first_operand + 1].tensor) add(v);
    }
    for (int i = 0; i < s.loads; ++i) add(p.views[s.first_load + i]);
    for (int i = 0; i < s.stores; ++i) add(p.views[p.stores[s.first_store + i].view]);
  });
  return sum;
}

/// Tensors of shared scratch that run writes: what fusion did not keep in registers or block
/// scratch.
template <class Plan>
constexpr int materialized(const Plan& p) {
  std::array<bool, 2 * Plan::capacity> seen{};
  int n = 0;
  for (int g = p.prepare_groups; g < p.groups.size; ++g) {
    detail::for_each_stage(p, g, [&](const stage& s) {
      for (int i = 0; i < s.stores; ++i) {
        const int t = p.views[p.stores[s.first_store + i].view].tensor;
        if (p.tensors[t].at == place::shared && !seen[static_cast<std::size_t>(t)]) ++n;
        seen[static_cast<std::size_t>(t)] = true;
      }
    });
  }
  return n;
}

}  // namespace kiln::plan
