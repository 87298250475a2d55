// SPDX-License-Identifier: MIT
// The rule that gives nets with few rows and many weights a plan of their own for several threads.
#pragma once

#include <kiln/core/target.hpp>
#include <kiln/graph/graph.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/specialize.hpp>
#include <kiln/plan/team_split.hpp>
#include <kiln/plan/variants.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kiln::plan {

namespace detail {

/// A product by a matrix as a layer; false: it is none.
template <std::size_t Capacity>
constexpr bool find_layer(const graph::graph<Capacity>& g,
                          int node,
                          const core::target& machine,
                          layer_work& l,
                          std::int64_t& rows) {
  if (g[node].facts().group != op::category::contraction) return false;
  const tensor_type& a = g[g[node].operand(0)].type;
  const tensor_type& b = g[g[node].operand(1)].type;
  if (b.rank != 2 || !b.elems().is_static()) return false;
  const std::int64_t columns = bound_of(g[node].type.back(), g.symbols);
  rows = bound_of(g[node].type.elems(), g.symbols) / columns;
  const std::int64_t depth = bound_of(a.elems(), g.symbols) / rows;
  l = product_work(machine, {a.element, b.element}, rows, columns, depth);
  return true;
}

}  // namespace detail

/// Whether threads are better off with the columns of some products of weights: only then may a
/// plan for several of them differ (fuse_rows).
///
/// @cost  linear in nodes
template <std::size_t Capacity>
constexpr bool has_columns_to_share(const graph::graph<Capacity>& g, const core::target& machine) {
  std::int64_t rows = 1;
  layer_work l{};
  for (int i = 0; i < g.size; ++i) {
    std::int64_t own = 1;
    if (detail::find_layer(g, i, machine, l, own)) rows = std::max(rows, own);
  }
  team_costs two(machine, rows, 2);
  for (int i = 0; i < g.size; ++i) {
    if (detail::find_layer(g, i, machine, l, rows)) two.add(l);
  }
  return two.choose().any_apart;
}

/// What single_or_many says, and a plan for two threads or more where has_columns_to_share() for
/// the extents of a guard.
///
/// @law  the last guard is for everything that is left
struct by_rows_and_threads_fn final {
  core::target machine = core::native;

  template <std::size_t Capacity>
  constexpr guard_list operator()(const graph::graph<Capacity>& g) const {
    const guard_list plain = single_or_many(g.symbols, g.symbol_count);
    guard_list list{};
    for (int i = 0; i < plain.size; ++i) {
      if (has_columns_to_share(specialize(g, plain[i]), machine)) {
        guard team = plain[i];
        team.threads.low = 2;
        list.push(team);
      }
      list.push(plain[i]);
    }
    return list;
  }
};
inline constexpr by_rows_and_threads_fn by_rows_and_threads{};

}  // namespace kiln::plan
