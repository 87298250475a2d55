// SPDX-License-Identifier: MIT
// Why two stages stayed apart: what a plan still writes to memory, and what kept it there.
#pragma once

#include <kiln/plan/plan.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// What keeps a tensor between two stages in memory.
enum class reason : std::uint8_t {
  other_axes,      // an elementwise stage over other axes than its operand was made over
  other_order,     // it is read transposed, sliced, reshaped or broadcast
  full_program,    // the store program has no room for more lines, loads or stores
  no_constant,     // the second operand of one of the two, a product, is no packed constant
  window,          // a window reaches into other rows
  whole_operand,   // a reduction or row operator that needs more than the rows of a block
  stages_between,  // what runs between the two has other rows, or needs one of them first
  small,           // no loop would help: the tensor is one row or one number
  columns,         // the rows are few, and threads share a product out by columns
  depth            // the reader adds up what slices of k gave
};

/// What explain says of a reason, after the names of the two operators.
constexpr std::string_view text_of(reason why) {
  constexpr std::string_view texts[] = {
      "they run over other axes",
      "it is read in another order: transposed, sliced, reshaped or broadcast",
      "the store program is full",
      "the second operand of a product is no constant",
      "its window reaches into other rows",
      "it needs more than the rows of one block",
      "what runs between them goes over other rows, or needs one of them first",
      "there are no rows to share a loop over",
      "the rows are few: threads share each product out by its columns",
      "its slices of k are added up once all of them are there"};
  return texts[static_cast<int>(why)];
}

/// A tensor that goes through memory from one stage to another, and why.
struct unfused final {
  std::int16_t tensor = -1;
  std::int16_t maker = -1;   // stage
  std::int16_t reader = -1;  // stage
  reason why{};
};

namespace detail {

constexpr bool same_view(const view& a, const view& b, int axes) {
  if (a.start != b.start || a.start_rows != b.start_rows) return false;
  for (int i = 0; i < axes; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

constexpr reason why_map(const stage& maker, const view& stored, const stage& map, const view& v) {
  constexpr int many_lines = 36, many_loads = 12;  // little is left of a store program's limits
  const int axes = maker.kind == anchor::row ? maker.rank : maker.kept;
  if (axes != map.rank) return reason::other_axes;
  for (int i = 0; i < axes; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (maker.extents[k] != map.extents[k]) return reason::other_axes;
  }
  if (!same_view(stored, v, axes)) return reason::other_order;
  const bool full =
      maker.instructions + map.instructions > many_lines || maker.loads + map.loads > many_loads;
  return full ? reason::full_program : reason::stages_between;
}

/// Whether the stage is a product in a loop over its columns.
constexpr bool takes_columns(const stage& s) {
  return s.kind == anchor::matmul && s.slices[0].loop >= 0 && s.slices[0].axis == s.rank - 2;
}

template <class Plan>
constexpr reason why_apart(
    const Plan& p, const stage& maker, const view& stored, const stage& reader, const view& v) {
  if (maker.kind == anchor::matmul && maker.node == reader.node) return reason::depth;
  switch (reader.kind) {
    case anchor::map:
      return why_map(maker, stored, reader, v);
    case anchor::pack:
      return reason::no_constant;
    case anchor::matmul: {
      const view& b = p.views[reader.first_operand + 1];
      if (p.tensors[b.tensor].at != place::packed) return reason::no_constant;
      break;
    }
    case anchor::convolution:
    case anchor::pooling:
      return reason::window;
    default:
      if (reader.kept == 0) return reason::small;
  }
  if (maker.kind == anchor::matmul) {
    const view& b = p.views[maker.first_operand + 1];
    if (p.tensors[b.tensor].at != place::packed) return reason::no_constant;
  }
  if (!(maker.extents[0] == reader.extents[0])) return reason::other_axes;
  if (stored[0] != v[0]) return reason::whole_operand;
  if (takes_columns(maker) || takes_columns(reader)) return reason::columns;
  return reason::stages_between;
}

}  // namespace detail

/// Calls f(unfused) for every tensor of shared scratch, or other memory that run writes, which a
/// stage of run reads, once a reader.
///
/// @cost  stages times stages
template <std::size_t N, class F>
constexpr void for_each_unfused(const plan<N>& p, F f, place where = place::shared) {
  const auto store_of = [&](int tensor, int before, view& stored) {
    int found = -1;
    for (int i = p.groups[p.prepare_groups].first; i < before; ++i) {
      if (p.items[i].is_loop) continue;
      const stage& s = p.stages[p.items[i].index];
      for (int k = 0; k < s.stores; ++k) {
        const view& v = p.views[p.stores[s.first_store + k].view];
        if (v.tensor != tensor) continue;
        stored = v;
        found = p.items[i].index;
      }
    }
    return found;
  };
  if (p.prepare_groups == p.groups.size) return;
  for (int i = p.groups[p.prepare_groups].first; i < p.items.size; ++i) {
    if (p.items[i].is_loop) continue;
    const stage& s = p.stages[p.items[i].index];
    for (int k = 0; k < s.operands + s.loads; ++k) {
      const view& v = p.views[k < s.operands ? s.first_operand + k : s.first_load + k - s.operands];
      if (p.tensors[v.tensor].at != where) continue;
      view stored{};
      const int maker = store_of(v.tensor, i, stored);
      if (maker < 0) continue;
      f(unfused{v.tensor,
                static_cast<std::int16_t>(maker),
                p.items[i].index,
                detail::why_apart(p, p.stages[maker], stored, s, v)});
    }
  }
}

}  // namespace kiln::plan
