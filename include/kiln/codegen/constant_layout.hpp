// SPDX-License-Identifier: MIT
// The types of a net's packed memory where it is a constant, and what keeps it from being one.
#pragma once

#include <kiln/codegen/constant_stage.hpp>
#include <kiln/codegen/form.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/tensor/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// A tensor in rows.
template <class Element, std::size_t Elems>
struct constant_rows final {
  alignas(tensor::buffer_alignment) Element elems[Elems];
};

/// A tensor in panels of sixteen columns, and 32-bit words that follow them: sums of columns where
/// its elements are bytes, else nothing but room.
template <class Element, std::size_t Panels, std::size_t Each, std::size_t Words>
struct constant_panels final {
  struct panel final {
    Element elems[Each];
  };
  alignas(tensor::buffer_alignment) panel panels[Panels];
  std::int32_t words[Words];
};
template <class Element, std::size_t Panels, std::size_t Each>
struct constant_panels<Element, Panels, Each, 0> final {
  using panel = typename constant_panels<Element, Panels, Each, 1>::panel;
  alignas(tensor::buffer_alignment) panel panels[Panels];
};

/// What can keep a plan's packed memory from being a constant: the stage of an operator, or a loop.
struct constant_obstacle final {
  bool any = false;
  bool is_loop = false;
  op::kind operation{};
};

/// The first of them in a plan's prepare groups.
///
/// @cost  linear in the items of prepare
template <class Plan>
constexpr constant_obstacle obstacle_of(const Plan& p) {
  for (int g = 0; g < p.prepare_groups; ++g) {
    for (int i = p.groups[g].first; i < p.groups[g].first + p.groups[g].items; ++i) {
      if (p.items[i].is_loop) return {true, true, {}};
      const int kind = run_time_operator(p, p.stages[p.items[i].index]);
      if (kind >= 0) return {true, false, static_cast<op::kind>(kind)};
    }
  }
  return {};
}

/// The tensors of a plan's packed memory in the order of their places.
template <class Plan>
constexpr auto packed_tensors(const Plan& p) {
  struct {
    std::array<int, 2 * Plan::capacity> tensor{};
    std::size_t size = 0;
  } found;
  for (int t = 0; t < p.tensors.size; ++t) {
    if (p.tensors[t].at == plan::place::packed) found.tensor[found.size++] = t;
  }
  std::sort(found.tensor.begin(),
            found.tensor.begin() + static_cast<std::ptrdiff_t>(found.size),
            [&](int a, int b) { return p.tensors[a].offset < p.tensors[b].offset; });
  return found;
}

/// How a packed tensor is made of panels.
struct panel_shape final {
  std::size_t panels = 0;
  std::size_t each = 0;   // elements of a panel
  std::size_t words = 0;  // behind the panels
};

/// The types of the tensors that prepare writes, and which stages write each of them.
///
/// @pre  no obstacle_of(Net::plan)
template <class Net>
struct constant_layout final {
  static constexpr const auto& p = Net::plan;

  /// The stages of prepare that write a tensor: a concatenation has several.
  struct stage_list final {
    std::array<int, std::remove_cvref_t<decltype(p)>::capacity> stage{};
    std::size_t size = 0;
  };
  static constexpr stage_list writers_of(int tensor) {
    stage_list found{};
    for (int g = 0; g < p.prepare_groups; ++g) {
      for (int i = p.groups[g].first; i < p.groups[g].first + p.groups[g].items; ++i) {
        const int s = p.items[i].index;
        if (p.views[p.stores[p.stages[s].first_store].view].tensor != tensor) continue;
        found.stage[found.size++] = s;
      }
    }
    return found;
  }

  static constexpr panel_shape shape_of(int tensor) {
    const plan::placed_tensor& t = p.tensors[tensor];
    const auto size = size_of(t.type.element);
    const auto bytes = static_cast<std::size_t>(t.bytes);
    panel_shape shape{};
    if (t.form == plan::layout::panels) {
      const auto k = core::round_up(t.type.back(1).factor, std::int32_t{t.depth});
      shape.panels =
          core::ceil_div(static_cast<std::size_t>(t.type.back().factor), kernel::gemm::panel);
      shape.each = static_cast<std::size_t>(k) * kernel::gemm::panel;
    } else {
      const auto s = detail::static_sizes(Net::graph, p.stages[writers_of(tensor).stage[0]]);
      const auto numbers = detail::arithmetic_of(t.type.element, t.type.element);
      shape.each = kernel::conv2d::panel_bytes(numbers, s) / size;
      shape.panels = kernel::conv2d::panels_bytes(numbers, s) / size / shape.each;
    }
    shape.words = (bytes - shape.panels * shape.each * size) / sizeof(std::int32_t);
    return shape;
  }

  template <int T>
  static constexpr auto type_of() {
    constexpr plan::placed_tensor t = p.tensors[T];
    using element = element_t<t.type.element>;
    if constexpr (t.form == plan::layout::rows) {
      constexpr auto elems = static_cast<std::size_t>(t.bytes) / sizeof(element);
      return std::type_identity<constant_rows<element, elems>>{};
    } else {
      constexpr panel_shape shape = shape_of(T);
      return std::type_identity<constant_panels<element, shape.panels, shape.each, shape.words>>{};
    }
  }

  /// The memory of tensor T.
  template <int T>
  using content = typename decltype(type_of<T>())::type;
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
