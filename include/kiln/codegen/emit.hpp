// SPDX-License-Identifier: MIT
// ARROW 4: plan -> program. Walks the tree once; code of stages is keyed by what they do.
#pragma once

#include <kiln/codegen/convolution.hpp>
#include <kiln/codegen/form.hpp>
#include <kiln/codegen/frame.hpp>
#include <kiln/codegen/product.hpp>
#include <kiln/codegen/reduction.hpp>
#include <kiln/codegen/stage.hpp>
#include <kiln/codegen/window.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Runs the stages of Net's plan. Net is a short tag type with static members `plan`, `graph` and
/// `callable<Slot>()`, the user's callables; with a true `rough_math`, functions may be rough where
/// results are stored with few bits.
template <class Net>
struct emitter final {
  static constexpr const auto& p = Net::plan;
  static constexpr bool rough_math = [] {
    if constexpr (requires { Net::rough_math; }) return Net::rough_math;
    return false;
  }();

  static void prepare(frame& f) noexcept { run_groups<0, p.prepare_groups>(f); }
  static void run(frame& f) noexcept { run_groups<p.prepare_groups, p.groups.size>(f); }

 private:
  template <int First, int End>
  static KILN_INLINE void run_groups(frame& f) noexcept {
    for_each_index<static_cast<std::size_t>(End - First)>([&](auto i) KILN_INLINE_LAMBDA {
      constexpr plan::group g = p.groups[First + static_cast<int>(i)];
      run_items<g.first, g.first + g.items, 0>(f);
    });
  }

  /// Items [First, End) of a loop's body; Depth loops are around them.
  template <int First, int End, int Depth>
  static KILN_INLINE void run_items(frame& f) noexcept {
    if constexpr (First < End) {
      constexpr plan::item x = p.items[First];
      if constexpr (x.is_loop) {
        constexpr plan::loop l = p.loops[x.index];
        const std::int64_t extent = value_of(l.extent, f.symbols);
        for (std::int64_t i = 0; i < extent; i += l.step) {
          f.index[Depth] = i;
          run_items<First + 1, First + 1 + x.body, Depth + 1>(f);
        }
        run_items<First + 1 + x.body, End, Depth>(f);
      } else {
        run_stage<x.index, First>(f);
        run_items<First + 1, End, Depth>(f);
      }
    }
  }

  // ---- one stage --------------------------------------------------------------------------------

  template <int S>
  struct form_getter {
    static constexpr stage_form value() { return form_of(p, Net::graph, S, rough_math); }
  };
  template <int S>
  using code = code_of<form_getter<S>>;

  /// The user's callables that a stage's instructions call.
  template <int S, int Line>
  static constexpr auto users_from() {
    constexpr plan::stage s = p.stages[S];
    if constexpr (Line == s.instructions) {
      return callables<>{};
    } else {
      constexpr plan::instruction x = p.instructions[s.first_instruction + Line];
      if constexpr (detail::calls_user(x)) {
        constexpr int slot = Net::graph[x.node].slot;
        const auto& f = Net::template callable<slot>();
        return joined<std::remove_cvref_t<decltype(f)>>(f, users_from<S, Line + 1>());
      } else {
        return users_from<S, Line + 1>();
      }
    }
  }
  template <class F, class... Rest>
  static constexpr callables<F, Rest...> joined(const F& f, const callables<Rest...>& rest) {
    return {f, rest};
  }

  template <int S, int Item>
  static KILN_INLINE void run_stage(frame& f) noexcept {
    using key = code<S>;
    constexpr plan::stage s = p.stages[S];
    arguments_of<key> a;
    for_each_index<static_cast<std::size_t>(s.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
      a.extent[axis] = extent_of<S, Item, static_cast<int>(axis)>(f);
    });
    constexpr auto views = static_cast<std::size_t>(s.operands + s.loads + s.stores);
    for_each_index<views>([&](auto v) KILN_INLINE_LAMBDA {
      constexpr int place = view_place(s, static_cast<int>(v));
      a.base[v] = address<S, Item, place>(f);
      constexpr plan::view x = p.views[place];
      for_each_index<static_cast<std::size_t>(s.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
        a.stride[v][axis] = elements<place, static_cast<int>(axis)>(f);
      });
      static_cast<void>(x);
    });
    call<S, key>(f, a);
  }

  /// Extents of the image of a pooling.
  template <int S>
  static KILN_INLINE image_extents image_of(const frame& f) {
    constexpr const graph::node& x = Net::graph[p.stages[S].node];
    constexpr tensor::tensor_type image = Net::graph[x.operand(0)].type;
    return {value_of(image[1], f.symbols),
            value_of(image[2], f.symbols),
            value_of(image[3], f.symbols)};
  }
  /// Sizes of a convolution, of which this stage may cover a part.
  template <int S, class Key>
  static KILN_INLINE kernel::conv2d::sizes sizes_of(const frame& f, const arguments_of<Key>& a) {
    constexpr const graph::node& x = Net::graph[p.stages[S].node];
    constexpr tensor::tensor_type image = Net::graph[x.operand(0)].type;
    kernel::conv2d::sizes sizes = detail::static_sizes(Net::graph, p.stages[S].node);
    if constexpr (Key::form.kind == plan::anchor::convolution) {
      sizes.b = a.extent[0];
      sizes.h = value_of(image[1], f.symbols);
      sizes.w = value_of(image[2], f.symbols);
      sizes.out_h = a.extent[1];
      sizes.out_w = a.extent[2];
    }
    return sizes;
  }

  template <int S, class Key>
  static KILN_INLINE void call([[maybe_unused]] const frame& f,
                               const arguments_of<Key>& a) noexcept {
    if constexpr (Key::form.kind == plan::anchor::map) {
      run_map<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::pack
                         && Key::form.operation == op::kind_of<op::conv2d_op>) {
      run_pack_filters<Key>(a, sizes_of<S, Key>(f, a));
    } else if constexpr (Key::form.kind == plan::anchor::pack) {
      run_pack<Key>(a);
    } else if constexpr (Key::form.kind == plan::anchor::matmul) {
      run_product<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::reduction) {
      run_reduction<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::row) {
      run_row<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::convolution) {
      run_convolution<Key>(a, sizes_of<S, Key>(f, a), users_from<S, 0>());
    } else {
      run_pooling<Key>(a, image_of<S>(f), users_from<S, 0>());
    }
  }

  static constexpr int view_place(const plan::stage& s, int v) {
    if (v < s.operands) return s.first_operand + v;
    v -= s.operands;
    if (v < s.loads) return s.first_load + v;
    return p.stores[s.first_store + v - s.loads].view;
  }

  // ---- addresses --------------------------------------------------------------------------------

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
  template <int T>
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
    } else {
      return f.scratch + t.offset;
    }
  }
  template <int V>
  static KILN_INLINE std::int64_t times(const plan::stride& s, const frame& f) {
    std::int64_t n = s.factor;
    if (s.rows != 0) n *= rows_of<p.views[V].tensor>(f);
    for (const auto symbol : s.symbols) {
      if (symbol >= 0) n *= f.symbols[symbol];
    }
    return n;
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
  static constexpr bool starts_group(int item) {
    for (int g = 0; g < p.groups.size; ++g) {
      if (p.groups[g].first == item) return true;
    }
    return false;
  }

  /// First coordinate of a stage along an axis, before it is cut at 0.
  template <int S, int Item, int Axis>
  static constexpr int slice_on() {
    for (int k = 0; k < plan::max_nest; ++k) {
      const plan::slice& x = p.stages[S].slices[static_cast<std::size_t>(k)];
      if (x.loop >= 0 && x.axis == Axis) return k;
    }
    return -1;
  }
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
  template <int S, int Item, int Axis>
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
      const std::int64_t end = (f.index[depth] + l.step) * x.scale + x.after;
      return std::min(end, whole) - start_of<S, Item, Axis>(f);
    }
  }

  /// Where the first element of a view is, for this step of the loops around.
  template <int S, int Item, int V>
  static KILN_INLINE char* address(const frame& f) {
    constexpr plan::view x = p.views[V];
    constexpr plan::placed_tensor t = p.tensors[x.tensor];
    std::int64_t at = x.start;
    if constexpr (x.start_rows != 0) at += x.start_rows * rows_of<x.tensor>(f);
    for_each_index<static_cast<std::size_t>(x.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
      if constexpr (slice_on<S, Item, static_cast<int>(axis)>() >= 0
                    && x.strides[axis].factor != 0) {
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
    return memory_of<x.tensor>(f) + at * static_cast<std::int64_t>(size_of(t.type.element));
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
