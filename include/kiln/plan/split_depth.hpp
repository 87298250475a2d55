// SPDX-License-Identifier: MIT
// plan -> plan: a product of few rows and few columns over a long k becomes products over slices of
// k that a team shares, and a sum of what they give.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/product_tile.hpp>
#include <kiln/plan/team_split.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace kiln::plan {

/// Rows and columns that threads might rather share in slices of k.
inline constexpr int few_rows_of_depth = 16;
inline constexpr int few_columns_of_depth = 4 * panel_columns;

/// Slices of k, at most: 2, 4 or 8 threads take equal numbers of them.
inline constexpr std::int32_t most_depth_slices = 8;

/// Memory for the sums of all slices, at most; a long k spreads them, as they lie apart by a slice.
inline constexpr std::int64_t most_sum_bytes = 256 << 10;

/// Slices begin at multiples of so many steps of k: whole words, steps of tiles and lines.
inline constexpr std::int32_t depth_unit = 64;

/// Steps of k in one slice of a product that takes so many cycles: as many slices, of the allowed
/// number and its halves, as take `least` cycles each. How many threads there are does not matter:
/// the order of every sum is one.
///
/// @law  a multiple of depth_unit; all of k where there would be one slice
constexpr std::int32_t depth_of_slice(std::int32_t depth, std::int64_t cycles, std::int64_t least) {
  std::int32_t slices = most_depth_slices;
  while (slices > 1 && cycles < slices * least) slices /= 2;
  return std::min(depth, core::round_up(core::ceil_div(depth, slices), depth_unit));
}

namespace detail {

template <std::size_t Capacity>
struct depth_splitter final {
  using plan_t = plan<Capacity>;
  plan_t p;
  core::target machine;
  std::int64_t barrier;

  static constexpr std::int32_t extent(const stage& s, int axis) {
    return s.extents[static_cast<std::size_t>(axis)].factor;
  }
  /// Whether a stage is a product of floats and packed weights with all extents known, short enough
  /// in rows and columns.
  constexpr bool may_split(const stage& s) const {
    if (s.kind != anchor::matmul || s.operation != op::kind_of<op::matmul_op>) return false;
    if (s.rank != 3 || s.slices[0].loop >= 0 || s.accumulate) return false;
    for (int i = 0; i < 3; ++i) {
      if (!s.extents[static_cast<std::size_t>(i)].is_static()) return false;
    }
    const placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
    const bool few = extent(s, 0) <= few_rows_of_depth && extent(s, 1) <= few_columns_of_depth;
    return is_floating(b.type.element) && b.at == place::packed && few;
  }
  /// Columns at which a product is cut: whole panels and blocks of its tile.
  constexpr std::int64_t block_of(const stage& s) const {
    return std::lcm(panel_columns, product_tile(p, s, machine).nv * machine.lanes);
  }
  /// Cycles of one thread that takes so many of a product's `whole` parts.
  constexpr std::int64_t part(const layer_work& l, std::int64_t parts, std::int64_t whole) const {
    team_costs costs(machine, 1, 1);
    costs.add({l.cycles * parts / whole, l.weight_bytes * parts / whole, 0, 1, false});
    return costs.alone();
  }
  /// The least time of two threads that share rows or columns, or of one alone, in cycles.
  constexpr std::int64_t otherwise(const stage& s, layer_work l) const {
    const std::int64_t columns = extent(s, 1), block = block_of(s);
    const std::int64_t half = core::round_up(core::ceil_div(columns, std::int64_t{2}), block);
    l.cuts = false;
    team_costs whole(machine, extent(s, 0), 2);
    whole.add(l);
    const std::int64_t least = std::min(whole.by_rows(), part(l, 1, 1));
    return half < columns ? std::min(least, part(l, half, columns) + barrier) : least;
  }
  /// Steps of k in a slice of a stage; 0: it stays whole.
  constexpr std::int32_t slice_of(const stage& s) const {
    if (!may_split(s)) return 0;
    const layer_work l = work_of(p, s, machine);
    const std::int32_t depth = extent(s, 2);
    const std::int64_t least = l.unit > 1 ? 4 * barrier : barrier;
    const std::int32_t slice = depth_of_slice(depth, l.cycles, least);
    if (slice >= depth) return 0;
    const std::int64_t slices = core::ceil_div(depth, slice);
    if (slices * apart_of(s, slice) * std::int64_t{sizeof(float)} > most_sum_bytes) return 0;
    const std::int64_t sums = std::int64_t{extent(s, 0)} * extent(s, 1) * slices;
    const std::int64_t moved = sums * std::int64_t{sizeof(float)} / far_bytes_per_cycle;
    const std::int64_t sliced = part(l, core::ceil_div(slices, std::int64_t{2}), slices);
    return 5 * (sliced + barrier + moved) <= 4 * otherwise(s, l) ? slice : 0;
  }

  /// Numbers from the sums of one slice to those of the next: a multiple of its steps, so that k
  /// says where one goes.
  static constexpr std::int32_t apart_of(const stage& s, std::int32_t step) {
    return core::round_up(extent(s, 0) * core::round_up(extent(s, 1), panel_columns), step);
  }

  /// The sum of the slices, which then goes through the product's store program.
  constexpr stage sum_of(const stage& s, const view& partial, std::int32_t slices) {
    stage r = s;
    r.kind = anchor::reduction;
    r.operation = op::kind_of<op::reduce_sum_op>;
    r.kept = 2;
    r.extents[2] = {slices};
    r.first_operand = p.views.push(partial);
    r.operands = 1;
    return r;
  }
  /// Splits the product of item x; its group and the sum's are appended.
  template <class Items, class Groups>
  constexpr void split(Items& items, Groups& groups, const item& x, std::int32_t step) {
    stage& s = p.stages[x.index];
    const std::int32_t slices = core::ceil_div(extent(s, 2), step);
    const std::int32_t width = core::round_up(extent(s, 1), panel_columns);
    const std::int32_t apart = apart_of(s, step);
    placed_tensor t{};
    t.type = tensor::static_type(tensor::dtype::f32, slices, apart);
    t.at = place::shared;
    t.node = s.node;
    t.row_stride = apart;
    t.bytes = std::int64_t{slices} * apart * std::int64_t{sizeof(float)};
    view partial{};
    partial.tensor = p.tensors.push(t);
    partial.rank = 3;
    partial[0] = {width, 0};
    partial[1] = {1, 0};
    partial[2] = {apart, 0};
    const stage sum = sum_of(s, partial, slices);
    partial[2] = {apart / step, 0};
    const auto l = p.loops.push({role::parallel, s.extents[2], step, step});
    s.slices[0] = {static_cast<std::int8_t>(l), 2, 1, 0, 0};
    s.loads = s.instructions = 0;
    s.stores = 1;
    const auto stored = p.views.push(partial);
    s.first_store = p.stores.push({0, stored});
    p.views[s.first_operand + 1][2] = {panel_columns, 0};  // in panels of all of k
    groups.push({items.size, 2});
    items.push({true, l, 1});
    items.push(x);
    groups.push({items.size, 1});
    items.push({false, p.stages.push(sum), 0});
  }

  constexpr plan_t run() {
    bool any = false;
    for (int i = 0; i < p.stages.size; ++i) any = any || slice_of(p.stages[i]) > 0;
    if (!any) return p;
    auto groups = p.groups;
    auto items = p.items;
    groups.size = p.prepare_groups;
    items.size = p.groups[p.prepare_groups].first;
    for (int g = p.prepare_groups; g < p.groups.size; ++g) {
      const group from = p.groups[g];
      const item& x = p.items[from.first];
      const bool lone = from.items == 1 && !x.is_loop;
      const std::int32_t step = lone ? slice_of(p.stages[x.index]) : 0;
      if (step > 0) {
        split(items, groups, x, step);
        continue;
      }
      groups.push({items.size, from.items});
      for (int i = 0; i < from.items; ++i) items.push(p.items[from.first + i]);
    }
    p.groups = groups;
    p.items = items;
    return p;
  }
};

}  // namespace detail

/// Products of so few rows and columns that two threads cannot share them, but of so many weights
/// that reading them is worth a barrier: slices of k are multiplied one by one, by as many threads
/// as there are, and added up in one order. It is a property of the net, not of a run: one thread
/// takes the same slices, so that the bits are the same for any number of threads, and plans for
/// one thread and for several are one. The panels stay those of the whole product.
///
/// For the T cycles that one thread takes (of multiplying, or of weights from its caches), two take
/// T / 2, a barrier, and what it takes until the sums are one thread's: that has to be at least a
/// fifth less than without slices, where two threads share rows, or columns in whole blocks of
/// tiles, or one works. A slice costs the start of its loops and a pass of the sums through the
/// nearest cache: 50 to 200 cycles on vectors, so that slices of a barrier's length cost one thread
/// 1 % (measured: -2 to 1 %), and 450 on a matrix unit, whose slices are four times as long. Sums
/// of integers stay whole: a sum of slices is one of floats.
///
/// @law   interpret_plan(split_depth(p)) == interpret_plan(p), but for the order of sums
/// @cost  linear in stages; the net takes 4 bytes more scratch for each step of k, 256 KiB at most
struct split_depth_fn final {
  static constexpr std::string_view name = "split_depth";
  core::target machine = core::native;
  std::int64_t barrier = barrier_cycles;

  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(const plan<Capacity>& p) const {
    return detail::depth_splitter<Capacity>{p, machine, barrier}.run();
  }
};
inline constexpr split_depth_fn split_depth{};

}  // namespace kiln::plan
