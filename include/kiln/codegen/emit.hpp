// SPDX-License-Identifier: MIT
// ARROW 4: plan -> program. Walks the tree once; code of stages is keyed by what they do.
#pragma once

#include <kiln/codegen/address.hpp>
#include <kiln/codegen/convolution.hpp>
#include <kiln/codegen/form.hpp>
#include <kiln/codegen/frame.hpp>
#include <kiln/codegen/product.hpp>
#include <kiln/codegen/reduction.hpp>
#include <kiln/codegen/share.hpp>
#include <kiln/codegen/stage.hpp>
#include <kiln/codegen/team_form.hpp>
#include <kiln/codegen/window.hpp>
#include <kiln/core/executor.hpp>
#include <kiln/plan/team_scratch.hpp>
#include <kiln/simd/thread_control.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Runs the stages of Net's plan. Net is a short tag type with static members `plan`, `graph` and
/// `callable<Slot>()`, the user's callables; with a true `rough_math`, functions may be rough where
/// results are stored with few bits.
template <class Net>
struct emitter final : private addresses<Net> {
  using base = addresses<Net>;
  static constexpr const auto& p = Net::plan;
  static constexpr bool rough_math = [] {
    if constexpr (requires { Net::rough_math; }) return Net::rough_math;
    return false;
  }();

  static void prepare(frame& f) noexcept { run_groups<0, p.prepare_groups>(f); }
  static void run(frame& f) noexcept {
    [[maybe_unused]] const held_tiles<uses_tiles(p)> held;
    run_groups<p.prepare_groups, p.groups.size>(f);
  }

  /// The same, where the steps of a group that is one parallel loop are shared out among the
  /// team's threads; other groups are the calling thread's. The end of a group is a barrier.
  ///
  /// @pre   f.scratch has plan::scratch_for(p, threads) bytes
  static void run(frame& f, const core::team& team) noexcept {
    constexpr int first = p.prepare_groups;
    for_each_index<static_cast<std::size_t>(p.groups.size - first)>([&](auto i) {
      constexpr plan::group g = p.groups[first + static_cast<int>(i)];
      if constexpr (constexpr int loops = shared_loops(p, g); loops > 0) {
        run_shared<g.first, g.items, loops>(f, team);
      } else {
        [[maybe_unused]] const held_tiles<uses_tiles(p)> held;
        run_items<g.first, g.first + g.items, 0>(f);
      }
    });
  }

 private:
  template <int First, int End>
  static KILN_INLINE void run_groups(frame& f) noexcept {
    for_each_index<static_cast<std::size_t>(End - First)>([&](auto i) KILN_INLINE_LAMBDA {
      constexpr plan::group g = p.groups[First + static_cast<int>(i)];
      run_items<g.first, g.first + g.items, 0>(f);
    });
  }

  // ---- a group that a team runs -----------------------------------------------------------------

  template <int First, int Loops>
  static KILN_INLINE std::int64_t shared_extent(const frame& f, int loop) {
    std::int64_t extent = 0;
    for_each_index<static_cast<std::size_t>(Loops)>([&](auto i) KILN_INLINE_LAMBDA {
      if (static_cast<int>(i) != loop) return;
      constexpr plan::loop l = p.loops[p.items[First + static_cast<int>(i)].index];
      extent = value_of(l.extent, f.symbols);
    });
    return extent;
  }

  /// Items from First on: Loops parallel loops around the others.
  template <int First, int Items, int Loops>
  static void run_shared(const frame& f, const core::team& team) noexcept {
    constexpr plan::loop inner = p.loops[p.items[First + Loops - 1].index];
    std::int64_t outer = 1;
    for (int i = 0; i + 1 < Loops; ++i) outer *= shared_extent<First, Loops>(f, i);
    const sharing shares({shared_extent<First, Loops>(f, Loops - 1), inner.step, inner.grain},
                         outer,
                         team.threads());
    const std::uint32_t control = simd::float_control();
    // Captures by value: other threads find everything in a few lines that follow one another.
    team.parallel_for(shares.parts(), [f, shares, control](int part) noexcept {
      const std::uint32_t own = simd::float_control();
      if (own != control) simd::set_float_control(control);
      [[maybe_unused]] const held_tiles<uses_tiles(p)> held;
      frame mine = f;
      mine.block = f.scratch + part * plan::block_distance(p);
      if (part > 0 && f.copies != nullptr) mine.packed = f.copies + (part - 1) * f.copy_distance;
      shares.for_each_stretch(part, [&](const stretch& s) KILN_INLINE_LAMBDA {
        run_stretch<First, Items, Loops>(mine, s);
      });
      if (own != control) simd::set_float_control(own);
    });
  }

  template <int First, int Items, int Loops>
  static void run_stretch(frame& f, const stretch& s) noexcept {
    constexpr std::int64_t step = p.loops[p.items[First + Loops - 1].index].step;
    std::int64_t outer = s.outer;
    for (int i = Loops - 2; i >= 0; --i) {
      const std::int64_t extent = shared_extent<First, Loops>(f, i);
      f.index[i] = outer % extent;
      outer /= extent;
    }
    for (std::int64_t i = s.first; i < s.end; i += step) {
      f.index[Loops - 1] = i;
      f.step_end = std::min(i + step, s.end);
      run_items<First + Loops, First + Items, Loops, Loops>(f);
    }
  }

  // ---- loops ------------------------------------------------------------------------------------

  /// Items [First, End) of a loop's body; Depth loops are around them, of which a team shares the
  /// first Shared.
  template <int First, int End, int Depth, int Shared = 0>
  static KILN_INLINE void run_items(frame& f) noexcept {
    if constexpr (First < End) {
      constexpr plan::item x = p.items[First];
      if constexpr (x.is_loop) {
        constexpr plan::loop l = p.loops[x.index];
        const std::int64_t extent = value_of(l.extent, f.symbols);
        for (std::int64_t i = 0; i < extent; i += l.step) {
          f.index[Depth] = i;
          run_items<First + 1, First + 1 + x.body, Depth + 1, Shared>(f);
        }
        run_items<First + 1 + x.body, End, Depth, Shared>(f);
      } else {
        run_stage<x.index, First, Shared>(f);
        run_items<First + 1, End, Depth, Shared>(f);
      }
    }
  }

  // ---- one stage --------------------------------------------------------------------------------

  /// SharedLoop: the innermost loop that a team shares, -1: there is none.
  template <int S, int SharedLoop>
  struct form_getter {
    static constexpr stage_form value() {
      const stage_form serial = form_of(p, Net::graph, S, rough_math);
      return SharedLoop < 0 ? serial : team_form(p, S, SharedLoop, serial);
    }
  };
  template <int S, int SharedLoop>
  using code = code_of<form_getter<S, SharedLoop>>;

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

  template <int S, int Item, int Shared>
  static KILN_INLINE void run_stage(frame& f) noexcept {
    using key = code<S, base::loop_around(Item, Shared - 1)>;
    constexpr plan::stage s = p.stages[S];
    arguments_of<key> a;
    for_each_index<static_cast<std::size_t>(s.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
      a.extent[axis] = base::template extent_of<S, Item, static_cast<int>(axis), Shared>(f);
    });
    constexpr auto views = static_cast<std::size_t>(s.operands + s.loads + s.stores);
    for_each_index<views>([&](auto v) KILN_INLINE_LAMBDA {
      constexpr int place = view_place(s, static_cast<int>(v));
      a.base[v] = base::template address<S, Item, place, Shared>(f);
      for_each_index<static_cast<std::size_t>(s.rank)>([&](auto axis) KILN_INLINE_LAMBDA {
        a.stride[v][axis] = base::template elements<place, static_cast<int>(axis)>(f);
      });
    });
    call<S, Item, key>(f, a);
    if constexpr (uses_tiles(p) && runs_users_code(s)) simd::forget_tiles();
  }
  static constexpr bool runs_users_code(const plan::stage& s) {
    bool any = false;
    for (int i = 0; i < s.instructions; ++i) {
      any = any || detail::calls_user(p.instructions[s.first_instruction + i]);
    }
    return any;
  }

  /// Extents of the image of a pooling, and where this stage's part of the results begins.
  template <int S, int Item>
  static KILN_INLINE image_extents image_of(const frame& f) {
    constexpr const graph::node& x = Net::graph[p.stages[S].node];
    constexpr tensor::tensor_type image = Net::graph[x.operand(0)].type;
    return {value_of(image[1], f.symbols),
            value_of(image[2], f.symbols),
            value_of(image[3], f.symbols),
            base::template start_of<S, Item, 1>(f)};
  }
  /// Sizes of a convolution, of which this stage may cover a part.
  template <int S, int Item, class Key>
  static KILN_INLINE kernel::conv2d::sizes sizes_of(const frame& f, const arguments_of<Key>& a) {
    constexpr const graph::node& x = Net::graph[p.stages[S].node];
    constexpr tensor::tensor_type image = Net::graph[x.operand(0)].type;
    constexpr kernel::conv2d::sizes whole = detail::static_sizes(Net::graph, p.stages[S]);
    kernel::conv2d::sizes sizes = whole;
    if constexpr (Key::form.kind == plan::anchor::convolution) {
      sizes.b = a.extent[0];
      sizes.h = value_of(image[1], f.symbols);
      sizes.w = value_of(image[2], f.symbols);
      sizes.out_h = a.extent[1];
      sizes.out_w = a.extent[2];
      sizes.down.before -= base::template start_of<S, Item, 1>(f) * sizes.down.stride;
      constexpr plan::stage s = p.stages[S];
      if constexpr (s.operands > 2) {
        sizes.most_line_bytes = p.tensors[p.views[s.first_operand + 2].tensor].bytes;
      }
    }
    return sizes;
  }

  template <int S, int Item, class Key>
  static KILN_INLINE void call([[maybe_unused]] const frame& f,
                               const arguments_of<Key>& a) noexcept {
    if constexpr (Key::form.kind == plan::anchor::map) {
      run_map<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::pack
                         && Key::form.operation == op::kind_of<op::conv2d_op>) {
      run_pack_filters<Key>(a, sizes_of<S, Item, Key>(f, a));
    } else if constexpr (Key::form.kind == plan::anchor::pack) {
      run_pack<Key>(a);
    } else if constexpr (Key::form.kind == plan::anchor::matmul) {
      run_product<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::reduction) {
      run_reduction<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::row) {
      run_row<Key>(a, users_from<S, 0>());
    } else if constexpr (Key::form.kind == plan::anchor::convolution) {
      run_convolution<Key>(a, sizes_of<S, Item, Key>(f, a), users_from<S, 0>());
    } else {
      run_pooling<Key>(a, image_of<S, Item>(f), users_from<S, 0>());
    }
  }

  static constexpr int view_place(const plan::stage& s, int v) {
    if (v < s.operands) return s.first_operand + v;
    v -= s.operands;
    if (v < s.loads) return s.first_load + v;
    return p.stores[s.first_store + v - s.loads].view;
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
