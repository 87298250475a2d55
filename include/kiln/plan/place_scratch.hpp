// SPDX-License-Identifier: MIT
// plan -> plan: gives every scratch and packed tensor its bytes; memory is reused when a value
// dies.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// Alignment of every placed tensor: a cache line.
inline constexpr std::int64_t scratch_alignment = 64;

namespace detail {

/// First and last item (in order of running) that touch a tensor.
struct lifetime final {
  std::int32_t first = -1;
  std::int32_t last = -1;
};

template <class Plan>
struct scratch_placer final {
  Plan& p;
  std::array<lifetime, Plan::capacity * 2> live{};

  constexpr void touch(int tensor, int first, int last) {
    lifetime& l = live[static_cast<std::size_t>(tensor)];
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
    for (int i = 0; i < p.items.size; ++i) {
      if (p.items[i].is_loop) continue;
      for_each_touched(p.stages[p.items[i].index], [&](int t) { touch(t, i, i); });
    }
    for (int i = p.items.size - 1; i >= 0; --i) {
      if (p.items[i].is_loop) extend_over_loop(i, i + p.items[i].body);
    }
  }
  // What a loop carries, or what is made outside of it or needed after it, lives while it runs.
  constexpr void extend_over_loop(int loop_item, int last) {
    for (int i = loop_item + 1; i <= last; ++i) {
      if (p.items[i].is_loop) continue;
      for_each_touched(p.stages[p.items[i].index], [&](int t) {
        lifetime& l = live[static_cast<std::size_t>(t)];
        const bool inside = l.first > loop_item && l.last <= last;
        if (inside && !p.tensors[t].carried) return;
        l.first = l.first > loop_item ? static_cast<std::int32_t>(loop_item) : l.first;
        l.last = l.last < last ? static_cast<std::int32_t>(last) : l.last;
      });
    }
  }

  /// First fit among the tensors placed before that are alive at the same time: the lowest gap,
  /// which is also the memory touched last (hot in the cache).
  constexpr std::int64_t fit(int t, const std::int16_t* placed, int count) const {
    const lifetime& l = live[static_cast<std::size_t>(t)];
    std::int64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (int k = 0; k < count; ++k) {
        const lifetime& o = live[static_cast<std::size_t>(placed[k])];
        if (o.last < l.first || l.last < o.first) continue;
        const placed_tensor& x = p.tensors[placed[k]];
        if (offset < x.offset + x.bytes && x.offset < offset + p.tensors[t].bytes) {
          offset = core::round_up(x.offset + x.bytes, scratch_alignment);
          moved = true;
        }
      }
    }
    return offset;
  }

  /// Scratch tensors in the order in which they come to life: the next one after tensor t.
  std::array<std::int16_t, Plan::capacity * 4> first_at{};
  std::array<std::int16_t, Plan::capacity * 2> next_at{};
  constexpr void sort() {
    for (int t = p.tensors.size - 1; t >= 0; --t) {
      const lifetime& l = live[static_cast<std::size_t>(t)];
      if ((p.tensors[t].at != place::block && p.tensors[t].at != place::shared) || l.first < 0)
        continue;
      next_at[static_cast<std::size_t>(t)] = first_at[static_cast<std::size_t>(l.first)];
      first_at[static_cast<std::size_t>(l.first)] = static_cast<std::int16_t>(t + 1);
    }
  }

  constexpr std::int64_t place_all(int first_item, int end_item) {
    std::array<std::int16_t, Plan::capacity * 2> placed{};
    int count = 0;
    std::int64_t total = 0;
    for (int i = first_item; i < end_item; ++i) {
      int alive = 0;  // those that died before do not matter any more
      for (int k = 0; k < count; ++k) {
        const std::int16_t t = placed[static_cast<std::size_t>(k)];
        if (live[static_cast<std::size_t>(t)].last >= i)
          placed[static_cast<std::size_t>(alive++)] = t;
      }
      count = alive;
      for (int t = first_at[static_cast<std::size_t>(i)] - 1; t >= 0;
           t = next_at[static_cast<std::size_t>(t)] - 1) {
        p.tensors[t].offset = fit(t, placed.data(), count);
        placed[static_cast<std::size_t>(count++)] = static_cast<std::int16_t>(t);
        const auto end =
            core::round_up(p.tensors[t].offset + p.tensors[t].bytes, scratch_alignment);
        total = end > total ? end : total;
      }
    }
    return total;
  }
};

}  // namespace detail

/// Places scratch tensors (aligned to 64 bytes, memory of dead ones reused) and packed ones.
///
/// @law   tensors that are alive at the same time do not overlap
/// @cost  linear in stages times the tensors alive at once
struct place_scratch_fn final {
  static constexpr std::string_view name = "place_scratch";
  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(plan<Capacity> p) const {
    detail::scratch_placer<plan<Capacity>> placer{p};
    placer.find_lifetimes();
    placer.sort();
    const int split =
        p.prepare_groups < p.groups.size ? p.groups[p.prepare_groups].first : p.items.size;
    p.prepare_scratch_bytes = placer.place_all(0, split);
    p.scratch_bytes = placer.place_all(split, p.items.size);
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
