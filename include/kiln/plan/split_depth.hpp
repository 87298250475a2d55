// SPDX-License-Identifier: MIT
// plan -> plan: a product of few rows and few columns over a long k becomes products over parts of
// k that a team shares, and a sum of what they give.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/table.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// Rows and columns of which neither gives several threads enough to do.
inline constexpr int few_rows_of_depth = 4;
inline constexpr int few_columns_of_depth = 4 * panel_columns;

/// Steps of k in one part: as many as take as long as a barrier to read, in whole lines. It
/// depends on the product only, never on how many threads there are: the order of every sum is one.
///
/// @law  a multiple of 64
constexpr std::int32_t depth_of_part(std::int32_t columns, std::int64_t elem_bytes) {
  constexpr std::int64_t least = 512, unit = 64;
  const std::int64_t bytes_a_step = core::round_up(columns, panel_columns) * elem_bytes;
  const std::int64_t steps = barrier_cycles * near_bytes_per_cycle / bytes_a_step;
  return static_cast<std::int32_t>(core::round_up(std::max(steps, least), unit));
}

namespace detail {

template <std::size_t Capacity>
struct depth_splitter final {
  using plan_t = plan<Capacity>;
  plan_t p;
  std::int64_t barrier;
  table<std::int32_t, 2 * Capacity> part_of_group{};  // steps of k; 0: all of it

  /// The group of prepare that packs a tensor for one product only; -1: there is none.
  constexpr int pack_of(int tensor) const {
    int found = -1, users = 0;
    for (int g = 0; g < p.groups.size; ++g) {
      for (int i = p.groups[g].first; i < p.groups[g].first + p.groups[g].items; ++i) {
        if (p.items[i].is_loop) continue;
        const stage& s = p.stages[p.items[i].index];
        for (int k = 0; k < s.operands; ++k) {
          users += p.views[s.first_operand + k].tensor == tensor ? 1 : 0;
        }
        const bool packs = g < p.prepare_groups && s.kind == anchor::pack
                           && p.views[p.stores[s.first_store].view].tensor == tensor;
        if (packs) found = p.groups[g].items == 1 ? g : -1;
      }
    }
    return users == 1 ? found : -1;
  }
  /// Whether a stage of run is a product to split. Plans of nets with dynamic extents pack alike
  /// for all of them, which parts of k would not be.
  constexpr bool splits(const stage& s) const {
    if (s.kind != anchor::matmul || s.rank != 3 || s.slices[0].loop >= 0 || s.accumulate) {
      return false;
    }
    if (p.symbols[0].bound > 0) return false;
    for (int i = 0; i < 3; ++i) {
      if (!s.extents[static_cast<std::size_t>(i)].is_static()) return false;
    }
    const placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
    const bool few =
        s.extents[0].factor <= few_rows_of_depth && s.extents[1].factor <= few_columns_of_depth;
    const bool floats = is_floating(b.type.element);
    return few && floats && b.at == place::packed
           && weight_bytes(p, s) / near_bytes_per_cycle >= 4 * barrier
           && s.extents[2].factor >= 2 * part_of(s);
  }
  constexpr std::int32_t part_of(const stage& s) const {
    const placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
    const auto bytes = static_cast<std::int64_t>(size_of(b.type.element));
    return barrier > 0 ? depth_of_part(s.extents[1].factor, bytes) : panel_columns;
  }

  /// The sum of the parts, which then goes through the product's store program.
  constexpr stage sum_of(const stage& s, const view& partial, std::int32_t parts) {
    stage r = s;
    r.kind = anchor::reduction;
    r.operation = op::kind_of<op::reduce_sum_op>;
    r.kept = 2;
    r.extents[2] = {parts, {-1, -1}};
    r.first_operand = p.views.push(partial);
    r.operands = 1;
    return r;
  }
  /// Splits the product of item x; its group and the sum's are appended.
  template <class Items, class Groups>
  constexpr void split(Items& items, Groups& groups, const item& x) {
    const std::int32_t part = part_of(p.stages[x.index]);
    stage& s = p.stages[x.index];
    const std::int32_t rows = s.extents[0].factor, k = s.extents[2].factor;
    const std::int32_t parts = core::ceil_div(k, part);
    const std::int32_t width = core::round_up(s.extents[1].factor, panel_columns);
    // What lies between two parts is a multiple of their steps, so that k says where one goes.
    const std::int32_t apart = core::round_up(rows * width, part);
    placed_tensor t{};
    t.type = tensor::static_type(tensor::dtype::f32, parts, apart);
    t.at = place::shared;
    t.node = s.node;
    t.row_stride = apart;
    t.bytes = std::int64_t{parts} * apart * std::int64_t{sizeof(float)};
    view partial{};
    partial.tensor = p.tensors.push(t);
    partial.rank = 3;
    partial[0] = {width, 0, {-1, -1}};
    partial[1] = {1, 0, {-1, -1}};
    partial[2] = {apart, 0, {-1, -1}};
    const stage sum = sum_of(s, partial, parts);
    partial[2] = {apart / part, 0, {-1, -1}};
    const auto l = p.loops.push({role::parallel, s.extents[2], part, part});
    s.slices[0] = {static_cast<std::int8_t>(l), 2, 1, 0, 0};
    s.loads = s.instructions = 0;
    s.stores = 1;
    const auto stored = p.views.push(partial);
    s.first_store = p.stores.push({0, stored});
    groups.push({items.size, 2});
    items.push({true, l, 1});
    items.push(x);
    groups.push({items.size, 1});
    items.push({false, p.stages.push(sum), 0});
  }

  /// Notes the groups of prepare that pack for products to split; false: there are none.
  constexpr bool find_packs() {
    bool any = false;
    for (int g = p.prepare_groups; g < p.groups.size; ++g) {
      const item& x = p.items[p.groups[g].first];
      if (p.groups[g].items != 1 || x.is_loop || !splits(p.stages[x.index])) continue;
      const stage& s = p.stages[x.index];
      const int pack = pack_of(p.views[s.first_operand + 1].tensor);
      if (pack < 0) continue;
      part_of_group[pack] = part_of_group[g] = part_of(s);
      any = true;
    }
    return any;
  }

  constexpr plan_t run() {
    if (!find_packs()) return p;
    auto groups = p.groups;
    auto items = p.items;
    groups.size = 0;
    items.size = 0;
    for (int g = 0; g < p.groups.size; ++g) {
      const group from = p.groups[g];
      const item& x = p.items[from.first];
      const std::int32_t part = part_of_group[g];
      if (part > 0 && g >= p.prepare_groups) {
        split(items, groups, x);
        continue;
      }
      groups.push({items.size, static_cast<std::int16_t>(from.items + (part > 0 ? 1 : 0))});
      if (part > 0) {
        stage& s = p.stages[x.index];
        const auto axis = static_cast<std::int8_t>(s.rank - 1);
        const dim k = s.extents[static_cast<std::size_t>(axis)];
        const auto l = p.loops.push({role::serial, k, part, 1});
        s.slices[0] = {static_cast<std::int8_t>(l), axis, 1, 0, 0};
        items.push({true, l, 1});
      }
      for (int i = 0; i < from.items; ++i) items.push(p.items[from.first + i]);
    }
    p.groups = groups;
    p.items = items;
    return p;
  }
};

}  // namespace detail

/// Products of up to four rows and 64 columns, but so many weights that reading them is worth a
/// barrier: parts of k are packed and multiplied one by one, by as many threads as there are, and
/// added up in one order. Rows and columns would not be enough to share. One thread takes about a
/// tenth longer, so that it is no default: nets that have several put it behind collapse.
///
/// @law   interpret_plan(split_depth(p)) == interpret_plan(p), but for the order of sums
/// @cost  linear in groups, and in stages for each product that is split
struct split_depth_fn final {
  static constexpr std::string_view name = "split_depth";
  std::int64_t barrier = barrier_cycles;

  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(const plan<Capacity>& p) const {
    return detail::depth_splitter<Capacity>{p, barrier, {}}.run();
  }
};
inline constexpr split_depth_fn split_depth{};

}  // namespace kiln::plan
