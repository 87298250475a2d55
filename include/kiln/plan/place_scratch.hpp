// SPDX-License-Identifier: MIT
// plan -> plan: gives every scratch and packed tensor its bytes; memory is reused when a value
// dies.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/table.hpp>
#include <kiln/plan/team_scratch.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::plan {

namespace detail {

/// First and last item (in order of running) that touch a tensor.
struct lifetime final {
  std::int32_t first = -1;
  std::int32_t last = -1;
};

/// Bytes from 0 up, in cache lines, as they are taken and given back.
template <std::size_t Capacity>
struct free_list final {
  struct hole final {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  table<hole, Capacity> holes{};  // in order; between two of them is memory in use
  int count = 0;
  std::int64_t top = 0;   // nothing above it is in use
  std::int64_t most = 0;  // the highest top there was

  /// The lowest gap that is large enough, which is also the memory touched last (hot in the cache).
  constexpr std::int64_t take(std::int64_t bytes) {
    bytes = core::round_up(bytes, scratch_alignment);
    for (int i = 0; i < count; ++i) {
      hole& h = holes[i];
      if (h.end - h.begin < bytes) continue;
      const std::int64_t offset = h.begin;
      h.begin += bytes;
      if (h.begin == h.end) erase(i);
      return offset;
    }
    const std::int64_t offset = top;
    top += bytes;
    most = top > most ? top : most;
    return offset;
  }
  constexpr void give(std::int64_t offset, std::int64_t bytes) {
    const std::int64_t end = offset + core::round_up(bytes, scratch_alignment);
    int i = count;  // the place behind all holes below
    while (i > 0 && holes[i - 1].begin > offset) --i;
    const bool after = i > 0 && holes[i - 1].end == offset;
    const bool before = i < count && holes[i].begin == end;
    if (after && before) {
      holes[i - 1].end = holes[i].end;
      erase(i);
    } else if (after) {
      holes[i - 1].end = end;
    } else if (before) {
      holes[i].begin = offset;
    } else {
      insert(i, {offset, end});
    }
    if (count > 0 && holes[count - 1].end == top) top = holes[--count].begin;
  }

 private:
  constexpr void erase(int i) {
    --count;
    for (; i < count; ++i) holes[i] = holes[i + 1];
  }
  constexpr void insert(int at, const hole& h) {
    for (int i = count++; i > at; --i) holes[i] = holes[i - 1];
    holes[at] = h;
  }
};

template <class Plan>
struct scratch_placer final {
  Plan& p;
  table<lifetime, Plan::capacity * 2> live{};

  constexpr void touch(int tensor, int first, int last) {
    lifetime& l = live[tensor];
    if (l.first < 0) l.first = first;
    l.last = last > l.last ? last : l.last;
  }

  template <class F>
  constexpr void for_each_touched(const stage& s, F f) const {
    for (int i = 0; i < s.operands; ++i) f(p.views[s.first_operand + i].tensor);
    for (int i = 0; i < s.loads; ++i) f(p.views[s.first_load + i].tensor);
    for (int i = 0; i < s.stores; ++i) f(p.views[p.stores[s.first_store + i].view].tensor);
  }

  constexpr void find_lifetimes() {
    // g++ 12.2 initialises too few elements at run time where constant expressions did before.
    live.fill({});
    for (int i = 0; i < p.items.size; ++i) {
      if (p.items[i].is_loop) continue;
      for_each_touched(p.stages[p.items[i].index], [&](int t) { touch(t, i, i); });
    }
    for (int i = p.items.size - 1; i >= 0; --i) {
      if (p.items[i].is_loop) extend_over_loop(i, i + p.items[i].body);
    }
  }
  // What a loop carries, or what is made outside of it or needed after it, lives while it runs. So
  // does what all steps of a parallel loop share, for a thread may be far ahead of another.
  constexpr void extend_over_loop(int loop_item, int last) {
    const bool parallel = p.loops[p.items[loop_item].index].runs == role::parallel;
    for (int i = loop_item + 1; i <= last; ++i) {
      if (p.items[i].is_loop) continue;
      for_each_touched(p.stages[p.items[i].index], [&](int t) {
        lifetime& l = live[t];
        const bool inside = l.first > loop_item && l.last <= last;
        const bool apart = parallel && p.tensors[t].at == place::shared;
        if (inside && !p.tensors[t].carried && !apart) return;
        l.first = l.first > loop_item ? static_cast<std::int32_t>(loop_item) : l.first;
        l.last = l.last < last ? static_cast<std::int32_t>(last) : l.last;
      });
    }
  }

  /// Lists of scratch tensors by the item in which they come to life, and by that in which they are
  /// seen last; -1 ends a list.
  struct lists final {
    table<std::int16_t, Plan::capacity * 4> first;
    table<std::int16_t, Plan::capacity * 2> next;
    constexpr void push(int item, int tensor) {
      next[tensor] = first[item];
      first[item] = static_cast<std::int16_t>(tensor);
    }
  };
  lists born{}, dead{};
  constexpr void sort() {
    born.first.fill(-1);
    dead.first.fill(-1);
    for (int t = p.tensors.size - 1; t >= 0; --t) {
      const lifetime& l = live[t];
      if ((p.tensors[t].at != place::block && p.tensors[t].at != place::shared) || l.first < 0)
        continue;
      born.push(l.first, t);
      dead.push(l.last, t);
    }
  }

  /// Places the tensors for which `chosen(place)` holds from byte `start` on; returns their bytes.
  template <class Chosen>
  constexpr std::int64_t place_all(int first_item,
                                   int end_item,
                                   std::int64_t start,
                                   Chosen chosen) {
    free_list<Plan::capacity * 2> memory{};
    for (int i = first_item; i < end_item; ++i) {
      for (int t = born.first[i]; t >= 0; t = born.next[t]) {
        placed_tensor& x = p.tensors[t];
        if (chosen(x.at)) x.offset = start + memory.take(x.bytes);
      }
      for (int t = dead.first[i]; t >= 0; t = dead.next[t]) {
        const placed_tensor& x = p.tensors[t];
        if (chosen(x.at)) memory.give(x.offset - start, x.bytes);
      }
    }
    return memory.most;
  }
};

}  // namespace detail

/// Places scratch tensors (aligned to 64 bytes, memory of dead ones reused) and packed ones. What
/// threads share comes first, then what each has for itself.
///
/// @law   tensors that are alive at the same time do not overlap
/// @law   shared_bytes + block_bytes == scratch_bytes
/// @cost  linear in stages, times the gaps between tensors that are alive at once
struct place_scratch_fn final {
  static constexpr std::string_view name = "place_scratch";
  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(plan<Capacity> p) const {
    detail::scratch_placer<plan<Capacity>> placer{p};
    placer.find_lifetimes();
    placer.sort();
    const int split =
        p.prepare_groups < p.groups.size ? p.groups[p.prepare_groups].first : p.items.size;
    const int end = p.items.size;
    p.prepare_scratch_bytes = placer.place_all(0, split, 0, [](place) { return true; });
    p.shared_bytes = placer.place_all(split, end, 0, [](place at) { return at == place::shared; });
    p.block_bytes =
        placer.place_all(split, end, p.shared_bytes, [](place at) { return at == place::block; });
    p.scratch_bytes = p.shared_bytes + p.block_bytes;
    p.packed_bytes = 0;
    for (int t = 0; t < p.tensors.size; ++t) {
      if (p.tensors[t].at != place::packed) continue;
      p.tensors[t].offset = p.packed_bytes;
      p.packed_bytes = core::round_up(p.packed_bytes + p.tensors[t].bytes, scratch_alignment);
    }
    return p;
  }
};
inline constexpr place_scratch_fn place_scratch{};

}  // namespace kiln::plan
