// SPDX-License-Identifier: MIT
// plan -> plan: groups that are one stage get a parallel loop, so that a team can share them.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/product_tile.hpp>
#include <kiln/plan/row_block.hpp>
#include <kiln/plan/team_split.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace kiln::plan {

/// How a stage is shared out: along an axis, in multiples of `unit`, which ends where another
/// thread may begin: at a row, a panel, a few lines of the cache. Axis -1: not at all.
struct share_axis final {
  int axis = -1;
  std::int32_t unit = 1;
};

/// What threads share of a product: rows, columns, or what takes less time.
enum class shared_axis : std::uint8_t { best, rows, columns };

namespace detail {

/// Elements of neighbours that threads write: a line of the cache of bytes.
inline constexpr std::int32_t line_elems = 64;

template <std::size_t Capacity>
struct parallel_splitter final {
  using plan_t = plan<Capacity>;
  plan_t p;
  core::target machine;
  std::int64_t barrier;
  shared_axis along;
  std::int64_t weights = weight_bytes_of_run(p);

  /// Cycles of one thread that reads the weights of the whole run.
  constexpr std::int64_t cycles(const stage& s) const {
    team_costs c(machine, 1, 1);
    c.add(work_of(p, s, machine));
    c.add_elsewhere(weights - weight_bytes(p, s));
    return c.alone();
  }
  constexpr bool pays(const stage& s) const { return pays_for_team(cycles(s), barrier); }
  constexpr std::int64_t extent(const stage& s, int axis) const {
    return bound_of(s.extents[static_cast<std::size_t>(axis)], p.symbols);
  }
  /// The first of axes [0, end) if it is long enough for many threads, else the longest.
  constexpr share_axis longest(const stage& s, int end) const {
    constexpr std::int64_t enough = 16;
    int best = -1;
    for (int i = 0; i < end; ++i) {
      if (best < 0 || extent(s, i) > extent(s, best)) best = i;
      if (extent(s, best) >= enough) break;
    }
    const bool last = best >= 0 && best == s.kept - 1;
    return {best, last ? line_elems : 1};
  }
  /// Rows or columns of a product, by what two threads would take. Columns are cut between blocks;
  /// a product of one row, which has other sums in a narrower block, only has whole ones then.
  constexpr share_axis of_product(const stage& s) const {
    const share_axis rows = longest(s, s.rank - 2);
    const std::int64_t count = extent(s, rows.axis), columns = extent(s, s.rank - 2);
    const std::int32_t block =
        std::lcm(panel_columns, product_tile(p, s, machine).nv * machine.lanes);
    const bool cuts = cuts_columns(p, s) && columns > block && (count > 1 || columns % block == 0)
                      && pays_by_columns(cycles(s), barrier);
    team_costs c(machine, count, 2);
    c.add(work_of(p, s, machine));
    c.add_elsewhere(weights - weight_bytes(p, s));
    const bool better = count == 1 || along == shared_axis::columns
                        || (along == shared_axis::best && c.by_columns() < c.by_rows());
    if (cuts && better) return {s.rank - 2, block};
    return {rows.axis, 1};
  }
  /// Images, or lines of the results of a single one: threads then read, and copy, lines of the
  /// image that others do too, little next to what those lines are multiplied with. Filters that
  /// are not packed may be a depthwise convolution's, whose tiles are one, two or four lines.
  constexpr share_axis of_image(const stage& s) const {
    if (s.extents[0] != dim{1} || !s.extents[1].is_static()) return {0, 1};
    constexpr std::int32_t most_lines = 4;
    const bool packed = s.kind == anchor::convolution
                        && p.tensors[p.views[s.first_operand + 1].tensor].form == layout::filters;
    if (s.kind == anchor::pooling || packed) return {1, 1};
    return s.extents[1].factor % most_lines == 0 ? share_axis{1, most_lines} : share_axis{};
  }
  constexpr share_axis axis_of(const stage& s) const {
    switch (s.kind) {
      case anchor::matmul:
        return of_product(s);
      case anchor::pack: {
        const placed_tensor& to = p.tensors[p.views[p.stores[s.first_store].view].tensor];
        const bool filters = s.operation == op::kind_of<op::conv2d_op>;
        // The corrections of s8 panels follow all of their columns.
        if (filters || to.type.element == tensor::dtype::s8) return {};
        return {s.rank - 2, panel_columns};
      }
      case anchor::convolution:
      case anchor::pooling:
        return of_image(s);
      case anchor::row:
        return {longest(s, s.kept).axis, 1};
      default:
        return longest(s, s.kept);
    }
  }

  /// The step of a stage's loop: all of the axis for one thread, but rows of a product that may be
  /// any number come in whole tiles.
  constexpr std::int32_t step_of(const stage& s, int axis) const {
    const dim& whole = s.extents[static_cast<std::size_t>(axis)];
    const auto bound = static_cast<std::int32_t>(extent(s, axis));
    const bool rows = s.kind == anchor::matmul && axis == s.rank - 3;
    if (whole.is_static() || !rows) return bound;
    return block_rows(whole, bound, {}, machine);
  }

  /// Puts the loop, if the stage gets one, and the stage into the last group.
  template <class Items>
  constexpr void add(Items& items, const item& x) {
    stage& s = p.stages[x.index];
    const share_axis how = pays(s) ? axis_of(s) : share_axis{};
    if (how.axis >= 0) {
      const std::int64_t bound = extent(s, how.axis);
      const std::int64_t units = core::ceil_div(bound, std::int64_t{how.unit});
      const std::int64_t grain = least_share(cycles(s), units, barrier) * how.unit;
      if (grain < bound) {
        const auto l = p.loops.push({role::parallel,
                                     s.extents[static_cast<std::size_t>(how.axis)],
                                     step_of(s, how.axis),
                                     static_cast<std::int32_t>(grain)});
        s.slices[0] = {static_cast<std::int8_t>(l), static_cast<std::int8_t>(how.axis), 1, 0, 0};
        items.push({true, l, 1});
      }
    }
    items.push(x);
  }

  /// A product with the pack of its right-hand side, which may become two groups: the panels are
  /// then the whole team's.
  constexpr bool is_packed_product(const group& g) const {
    if (g.items != 2 || p.items[g.first].is_loop || p.items[g.first + 1].is_loop) return false;
    const stage& a = p.stages[p.items[g.first].index];
    const stage& b = p.stages[p.items[g.first + 1].index];
    return a.kind == anchor::pack && b.kind == anchor::matmul && pays(b);
  }

  constexpr plan_t run() {
    auto groups = p.groups;
    auto items = p.items;
    groups.size = 0;
    items.size = 0;
    const auto add_group = [&](int first, int count, bool whole) {
      const std::int16_t begin = items.size;
      for (int i = first; i < first + count; ++i) {
        if (whole) {
          items.push(p.items[i]);
        } else {
          add(items, p.items[i]);
        }
      }
      groups.push({begin, static_cast<std::int16_t>(items.size - begin)});
    };
    for (int k = 0; k < p.groups.size; ++k) {
      const group g = p.groups[k];
      const bool runs = k >= p.prepare_groups;
      if (runs && is_packed_product(g)) {
        const stage& pack = p.stages[p.items[g.first].index];
        p.tensors[p.views[p.stores[pack.first_store].view].tensor].at = place::shared;
        add_group(g.first, 1, false);
        add_group(g.first + 1, 1, false);
      } else {
        const bool lone = g.items == 1 && !p.items[g.first].is_loop;
        add_group(g.first, g.items, !runs || !lone);
      }
    }
    p.groups = groups;
    p.items = items;
    return p;
  }
};

}  // namespace detail

/// Gives every group of one stage a parallel loop along the axis that a team shares best, in one
/// step for one thread; what is not worth a barrier stays as it is. Reductions to one number stay
/// too: their order would change.
///
/// @law   interpret_plan(split_parallel(p)) == interpret_plan(p)
/// @cost  linear in stages
struct split_parallel_fn final {
  static constexpr std::string_view name = "split_parallel";
  core::target machine = core::native;
  std::int64_t barrier = barrier_cycles;
  shared_axis along = shared_axis::best;

  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(const plan<Capacity>& p) const {
    return detail::parallel_splitter<Capacity>{p, machine, barrier, along}.run();
  }
};
inline constexpr split_parallel_fn split_parallel{};

}  // namespace kiln::plan
