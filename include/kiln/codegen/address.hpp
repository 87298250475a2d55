// SPDX-License-Identifier: MIT
// Where the views of a plan's stages start, and how far its axes reach, at a step of the loops.
#pragma once

#include <kiln/codegen/frame.hpp>
#include <kiln/codegen/program.hpp>
#include <kiln/plan/plan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Addresses and extents of the stages of Net's plan; what is known of them when code is made,
/// compilers compute then. Net is as emitter takes it.
///
/// In what follows, Item is the place of stage S in the plan's list, and Shared the number of loops
/// around it that a team shares, 0 for the calling thread alone.
///
/// @cost  what is left of it at run time: some additions and multiplications a view
template <class Net>
struct addresses {
  static constexpr const auto& p = Net::plan;

  /// Elements between the rows of a tensor.
  template <int T>
  static KILN_INLINE std::int64_t rows_of(const frame& f) {
    constexpr plan::placed_tensor t = p.tensors[T];
    if constexpr (t.row_stride > 0) {
      return t.row_stride;
    } else if constexpr (t.at == plan::place::argument) {
      return f.arguments[t.slot].row_stride;
    } else if constexpr (t.at == plan::place::result) {
      return f.results[t.slot].row_stride;
    } else if constexpr (t.at == plan::place::weight) {
      return f.weights[t.slot].row_stride;
    } else if constexpr (t.type.rank > 0) {
      return value_of(t.type.back(), f.symbols);
    } else {
      return 1;
    }
  }
  template <int T, int Shared>
  static KILN_INLINE char* memory_of(const frame& f) {
    constexpr plan::placed_tensor t = p.tensors[T];
    if constexpr (t.at == plan::place::argument) {
      return f.arguments[t.slot].data;
    } else if constexpr (t.at == plan::place::result) {
      return f.results[t.slot].data;
    } else if constexpr (t.at == plan::place::weight) {
      return f.weights[t.slot].data;
    } else if constexpr (t.at == plan::place::packed) {
      return f.packed + t.offset;
    } else if constexpr (t.at == plan::place::literal) {
      return const_cast<char*>(
          reinterpret_cast<const char*>(&Net::graph.nodes[std::size_t{t.slot}].value));
    } else if constexpr (t.at == plan::place::table) {
      return const_cast<char*>(reinterpret_cast<const char*>(Net::graph[t.slot].table));
    } else if constexpr (t.at == plan::place::block && Shared > 0) {
      return f.block + t.offset;
    } else {
      return f.scratch + t.offset;
    }
  }
  template <int V>
  static KILN_INLINE std::int64_t times(const plan::stride& s, const frame& f) {
    std::int64_t n = s.factor;
    if (s.rows != 0) n *= rows_of<p.views[V].tensor>(f);
    return s.symbols.times(n, [&f](int symbol) { return f.symbols[symbol]; });
  }
  /// The stride of a view along an axis of its stage.
  template <int V, int Axis>
  static KILN_INLINE std::int64_t elements(const frame& f) {
    constexpr plan::stride s = p.views[V][Axis];
    if constexpr (s.factor == 0) {
      return 0;
    } else {
      return times<V>(s, f);
    }
  }

  /// How many loops are around a loop that is around an item; -1: it is not.
  static constexpr int depth_of(int item, int loop) {
    int depth = 0;
    int first = item;
    while (first > 0 && !starts_group(first)) --first;
    for (int i = first; i < item; ++i) {
      if (!p.items[i].is_loop || i + p.items[i].body < item) continue;
      if (p.items[i].index == loop) return depth;
      ++depth;
    }
    return -1;
  }
  /// The loop around an item at a depth; -1: none.
  static constexpr int loop_around(int item, int depth) {
    for (int loop = 0; depth >= 0 && loop < p.loops.size; ++loop) {
      if (depth_of(item, loop) == depth) return loop;
    }
    return -1;
  }
  static constexpr bool starts_group(int item) {
    for (int g = 0; g < p.groups.size; ++g) {
      if (p.groups[g].first == item) return true;
    }
    return false;
  }

  /// Whether a view starts where a stage's slice along an axis does. Filters and the room for lines
  /// of a convolution have axes of their own: every slice of the images needs them whole. Images
  /// under windows have lines of their own: kernels find those of a slice, halo and padding too.
  template <int S, int Item, int V, int Axis>
  static constexpr bool follows() {
    constexpr plan::stage s = p.stages[S];
    constexpr bool own_axes = s.kind == plan::anchor::convolution && V > s.first_operand
                              && V < s.first_operand + s.operands;
    constexpr bool slides = s.kind == plan::anchor::convolution || s.kind == plan::anchor::pooling;
    constexpr bool own_lines = slides && V == s.first_operand && Axis == 1;
    return !own_axes && !own_lines && slice_on<S, Item, Axis>() >= 0
           && p.views[V][Axis].factor != 0;
  }
  /// Which of a stage's slices is on an axis; -1: none.
  template <int S, int Item, int Axis>
  static constexpr int slice_on() {
    for (int k = 0; k < plan::max_nest; ++k) {
      const plan::slice& x = p.stages[S].slices[static_cast<std::size_t>(k)];
      if (x.loop >= 0 && x.axis == Axis) return k;
    }
    return -1;
  }
  /// First coordinate of a stage along an axis.
  template <int S, int Item, int Axis>
  static KILN_INLINE std::int64_t start_of(const frame& f) {
    constexpr int k = slice_on<S, Item, Axis>();
    if constexpr (k < 0) {
      return 0;
    } else {
      constexpr plan::slice x = p.stages[S].slices[static_cast<std::size_t>(k)];
      constexpr int depth = depth_of(Item, x.loop);
      const std::int64_t start = f.index[depth] * x.scale - x.before;
      return start < 0 ? 0 : start;
    }
  }
  template <int S, int Item, int Axis, int Shared>
  static KILN_INLINE std::int64_t extent_of(const frame& f) {
    constexpr plan::stage s = p.stages[S];
    const std::int64_t whole = value_of(s.extents[static_cast<std::size_t>(Axis)], f.symbols);
    constexpr int k = slice_on<S, Item, Axis>();
    if constexpr (k < 0) {
      return whole;
    } else {
      constexpr plan::slice x = s.slices[static_cast<std::size_t>(k)];
      constexpr plan::loop l = p.loops[x.loop];
      constexpr int depth = depth_of(Item, x.loop);
      const std::int64_t step_end = depth + 1 == Shared ? f.step_end : f.index[depth] + l.step;
      const std::int64_t end = step_end * x.scale + x.after;
      return std::min(end, whole) - start_of<S, Item, Axis>(f);
    }
  }

  /// Where the first element of a view is, for this step of the loops around.
  template <int S, int Item, int V, int Shared>
  static KILN_INLINE char* address(const frame& f) {
    constexpr plan::view x = p.views[V];
    constexpr plan::placed_tensor t = p.tensors[x.tensor];
    std::int64_t at = x.start;
    if constexpr (x.start_rows != 0) at += x.start_rows * rows_of<x.tensor>(f);
    for_each_index<static_cast<std::size_t>(x.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
      if constexpr (follows<S, Item, V, static_cast<int>(axis)>()) {
        at += start_of<S, Item, static_cast<int>(axis)>(f) * elements<V, static_cast<int>(axis)>(f);
      }
    });
    for_each_index<t.origins.size()>([&](auto k) KILN_INLINE_LAMBDA {
      constexpr plan::origin o = t.origins[k];
      if constexpr (o.loop >= 0) {
        constexpr int depth = depth_of(Item, o.loop);
        const std::int64_t first = f.index[depth] * o.scale - o.halo;
        at -= first * times<V>(stride_of(t, o.axis), f);
      }
    });
    return memory_of<x.tensor, Shared>(f) + at * static_cast<std::int64_t>(size_of(t.type.element));
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
