// SPDX-License-Identifier: MIT
// Why a group of a plan runs as it does: the numbers that the rules of its loop looked at.
#pragma once

#include <kiln/graph/text.hpp>
#include <kiln/plan/team_split.hpp>
#include <kiln/plan/unfused.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// How a group is shared out among threads.
enum class shared_as : std::uint8_t {
  blocks,     // a loop over blocks of rows: every thread takes some of them through all stages
  one_stage,  // a loop around one stage
  steps,      // a loop that the operators themselves have: matrices of a batch
  one_row,    // not at all: there is one row
  too_small,  // not at all: a barrier costs more
  columns,    // not at all: only columns are many, and they cost more than a barrier
  in_order    // not at all: no axis that leaves every sum as it is
};

/// What is known of a group.
struct group_facts final {
  shared_as how{};
  std::int64_t cycles = 0;        // on one core, roughly, weights from behind its caches included
  std::int64_t row_bytes = 0;     // that the stage which touches most reads and writes for a row
  std::int64_t weight_bytes = 0;  // packed, of all products
  std::int64_t by_rows = 0;       // cycles of two threads that share a chain's rows,
  std::int64_t by_columns = 0;    // or the columns of each of its products
  std::int32_t step = 0;          // of the loop
  std::int32_t grain = 0;         // what a thread takes at least
  std::string_view axis;          // what the loop counts
};

namespace detail {

constexpr std::string_view axis_name(const stage& s, int axis) {
  switch (s.kind) {
    case anchor::matmul:
    case anchor::pack:
      return axis == s.rank - 1 ? "steps of k" : axis == s.rank - 2 ? "columns" : "rows";
    case anchor::convolution:
    case anchor::pooling:
      return axis == 0 ? "images" : "rows";
    default:
      return axis == s.kept - 1 && s.kind == anchor::map ? "elements" : "rows";
  }
}

}  // namespace detail

/// The facts of a group of run.
///
/// @cost  linear in the group's stages
template <std::size_t N>
constexpr group_facts facts_of(const plan<N>& p, int group_of_run, const core::target& machine) {
  const group& g = p.groups[p.prepare_groups + group_of_run];
  group_facts f{};
  const stage* first = nullptr;
  for (int i = g.first + g.items - 1; i >= g.first; --i) {
    if (!p.items[i].is_loop) first = &p.stages[p.items[i].index];
  }
  const int axis = first->kind == anchor::matmul ? first->rank - 3 : 0;
  const dim& rows = first->extents[static_cast<std::size_t>(axis)];
  team_costs one(machine, 1, 1), two(machine, bound_of(rows, p.symbols), 2);
  int stages = 0;
  for (int i = g.first; i < g.first + g.items; ++i) {
    if (p.items[i].is_loop) continue;
    const stage& s = p.stages[p.items[i].index];
    ++stages;
    const layer_work work = work_of(p, s, machine);
    one.add(work);
    two.add(work);
    f.row_bytes = std::max(f.row_bytes, row_bytes(p, s));
    f.weight_bytes += weight_bytes(p, s);
  }
  one.add_elsewhere(weight_bytes_of_run(p) - f.weight_bytes);
  two.add_elsewhere(weight_bytes_of_run(p) - f.weight_bytes);
  f.cycles = one.alone();
  f.by_rows = two.by_rows();
  f.by_columns = two.by_columns();
  const item& head = p.items[g.first];
  if (!head.is_loop) {
    const bool is_short_row = first->kind == anchor::matmul && !pays_by_columns(f.cycles);
    f.how = !pays_for_team(f.cycles) ? shared_as::too_small
            : stages > 1             ? shared_as::one_row
            : is_short_row           ? shared_as::columns
                                     : shared_as::in_order;
    return f;
  }
  const loop& l = p.loops[head.index];
  f.step = l.step;
  f.grain = l.grain;
  f.axis = detail::axis_name(*first, first->slices[0].axis);
  const bool own = l.step == 1 || first->kind == anchor::pack;
  f.how = stages == 1 ? shared_as::one_stage : own ? shared_as::steps : shared_as::blocks;
  return f;
}

/// What keeps a group apart from what ran before it: the reason of the first tensor that it reads
/// from memory, of scratch or a result; false if there is none.
///
/// @cost  stages times stages
template <std::size_t N>
constexpr bool why_apart(const plan<N>& p, int group_of_run, unfused& found) {
  const group& g = p.groups[p.prepare_groups + group_of_run];
  bool any = false;
  const auto look = [&](const unfused& x) {
    for (int i = g.first; i < g.first + g.items && !any; ++i) {
      if (p.items[i].is_loop || p.items[i].index != x.reader) continue;
      found = x;
      any = true;
    }
  };
  for_each_unfused(p, look);
  if (!any) for_each_unfused(p, look, place::result);
  return any;
}

namespace detail {

template <graph::text_sink Text>
constexpr void append_number(Text& to, std::int64_t n, std::string_view what) {
  graph::append_integer(to, n);
  to.append(what);
}

template <graph::text_sink Text>
constexpr void append_two(Text& to, const group_facts& f) {
  append_number(to, f.by_rows, " cycles of two by rows, ");
  append_number(to, f.by_columns, " by columns\n");
}

template <graph::text_sink Text>
constexpr void append_sharing(Text& to, const group_facts& f) {
  switch (f.how) {
    case shared_as::blocks:
      append_number(to, f.step, " rows a block: a stage touches ");
      append_number(to, f.row_bytes, " bytes a row, all of them ");
      append_number(to, f.weight_bytes, " bytes of weights; a thread takes at least ");
      append_number(to, f.grain, " of the rows; ");
      append_two(to, f);
      break;
    case shared_as::one_stage:
      to.append("a thread takes at least ");
      append_number(to, f.grain, " of the ");
      to.append(f.axis);
      to.push_back('\n');
      break;
    case shared_as::steps:
      to.append("a thread takes whole matrices\n");
      break;
    case shared_as::one_row:
      to.append("one thread, for there is one row; ");
      append_two(to, f);
      break;
    case shared_as::too_small:
      to.append("one thread, for a barrier takes ");
      append_number(to, barrier_cycles, "\n");
      break;
    case shared_as::columns:
      to.append("one thread, for columns are shared out from ");
      append_number(to, least_cycles_by_columns, " cycles on\n");
      break;
    case shared_as::in_order:
      to.append("one thread, for sums keep their order\n");
  }
}

}  // namespace detail

/// Writes why a group of run is one of its own, and how it is shared out among threads: two lines
/// behind `indent`, for the first group one.
template <graph::text_sink Text, std::size_t N>
constexpr void append_reasons(Text& to,
                              const plan<N>& p,
                              int group_of_run,
                              const core::target& machine,
                              std::string_view indent = "  ") {
  unfused x{};
  if (group_of_run > 0) {
    to.append(indent);
    to.append("not fused with what runs before: ");
    to.append(why_apart(p, group_of_run, x) ? text_of(x.why) : "it reads nothing of it");
    to.push_back('\n');
  }
  const group_facts f = facts_of(p, group_of_run, machine);
  to.append(indent);
  detail::append_number(to, f.cycles, " cycles; ");
  detail::append_sharing(to, f);
}

}  // namespace kiln::plan
