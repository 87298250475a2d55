// SPDX-License-Identifier: MIT
// The rule that gives nets with few rows and many weights a plan of their own for several threads.
#pragma once

#include <kiln/graph/graph.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/specialize.hpp>
#include <kiln/plan/variants.hpp>
#include <kiln/plan/work.hpp>

#include <cstdint>

namespace kiln::plan {

/// Rows that threads do not share out by rows when weights are many.
inline constexpr std::int64_t few_rows = 16;

/// Whether a graph has a product of few rows whose weights take one core so long that half of them
/// and a barrier are worth it: only then may a plan for several threads differ (fuse_rows).
///
/// @cost  linear in nodes
template <std::size_t Capacity>
constexpr bool has_columns_to_share(const graph::graph<Capacity>& g) {
  for (int i = 0; i < g.size; ++i) {
    if (!g[i].template is<op::matmul_op>()) continue;
    const tensor_type& b = g[g[i].operand(1)].type;
    if (b.rank != 2 || !b.elems().is_static()) continue;
    if (b.element == tensor::dtype::s8) continue;  // its panels are not cut
    const std::int64_t columns = bound_of(g[i].type.back(), g.symbols);
    const std::int64_t rows = bound_of(g[i].type.elems(), g.symbols) / columns;
    const std::int64_t bytes =
        std::int64_t{b.elems().factor} * static_cast<std::int64_t>(size_of(b.element));
    if (rows <= few_rows && pays_for_team(bytes / near_bytes_per_cycle)) return true;
  }
  return false;
}

/// What single_or_many says, and a plan for two threads or more where has_columns_to_share() for
/// the extents of a guard.
///
/// @law  the last guard is for everything that is left
struct by_rows_and_threads_fn final {
  template <std::size_t Capacity>
  constexpr guard_list operator()(const graph::graph<Capacity>& g) const {
    const guard_list plain = single_or_many(g.symbols, g.symbol_count);
    guard_list list{};
    for (int i = 0; i < plain.size; ++i) {
      if (has_columns_to_share(specialize(g, plain[i]))) {
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
