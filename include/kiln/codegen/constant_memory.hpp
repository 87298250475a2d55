// SPDX-License-Identifier: MIT
// The packed memory of a net whose weights are constants: every tensor of prepare as a constant.
#pragma once

#include <kiln/codegen/constant_layout.hpp>
#include <kiln/codegen/constant_stage.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/conv2d/constant_panel.hpp>
#include <kiln/kernel/gemm/constant_panel.hpp>
#include <kiln/plan/plan.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Every tensor that prepare writes, as constants of a net: `content<T>`, and `pointer<T>` to its
/// first element. Net is as emitter takes it; Weights::pointer<Slot> is the first element of the
/// dense weight in a slot. Each tensor, and each panel, is a constant expression of its own, so
/// that compilers count their steps separately.
///
/// @pre   no obstacle_of(Net::plan)
/// @law   content<T> has the bytes that emitter<Net>::prepare writes
/// @cost  compile time: a few steps an element for every stage that it goes through
template <class Net, class Weights>
struct constant_memory final {
 private:
  static constexpr const auto& p = Net::plan;
  using layout = constant_layout<Net>;
  static constexpr std::size_t columns = kernel::gemm::panel;

  template <int T>
  static constexpr auto writers = layout::writers_of(T);
  template <int T>
  using element = element_t<p.tensors[T].type.element>;

  template <int T>
  static constexpr auto make() {
    if constexpr (p.tensors[T].form == plan::layout::rows) {
      return rows<T>(std::make_index_sequence<writers<T>.size>{});
    } else {
      return panels<T>(std::make_index_sequence<layout::shape_of(T).panels>{});
    }
  }
  template <int T>
  static constexpr const auto* address_of() {
    constexpr plan::placed_tensor t = p.tensors[T];
    if constexpr (t.at == plan::place::weight) {
      return Weights::template pointer<t.slot>;
    } else if constexpr (t.at == plan::place::literal) {
      return &Net::graph.nodes[std::size_t{t.slot}].value;
    } else if constexpr (t.at == plan::place::table) {
      return Net::graph[t.slot].table;
    } else {
      return &content<T>.elems[0];
    }
  }

  template <int T, std::size_t I>
  using stage_of = constant_stage<Net, constant_memory, writers<T>.stage[I]>;

  template <int T, std::size_t... I>
  static constexpr auto rows(std::index_sequence<I...>) {
    using first = stage_of<T, 0>;
    typename layout::template content<T> r{};
    if constexpr (sizeof...(I) == 1 && first::is_dense && first::rows > piece_rows<T>) {
      constexpr auto pieces = core::ceil_div(first::rows, piece_rows<T>);
      join<T>(&r.elems[0], std::make_index_sequence<static_cast<std::size_t>(pieces)>{});
    } else {
      (stage_of<T, I>::run(&r.elems[0], 0, stage_of<T, I>::rows, 0), ...);
    }
    return r;
  }
  /// Rows that are a constant expression of their own.
  template <int T>
  static constexpr std::int64_t piece_rows =
      std::max<std::int64_t>(1, (stage_of<T, 0>::reduces ? 64 : 4096) / stage_of<T, 0>::row_elems);

  template <int T, std::size_t I>
  static constexpr auto make_piece() {
    using stage = stage_of<T, 0>;
    constexpr auto begin = static_cast<std::int64_t>(I) * piece_rows<T>;
    constexpr auto end = std::min(stage::rows, begin + piece_rows<T>);
    std::array<element<T>, static_cast<std::size_t>((end - begin) * stage::row_elems)> r{};
    stage::run(r.data(), begin, end, begin * stage::row_elems);
    return r;
  }
  template <int T, std::size_t I>
  static constexpr auto piece = make_piece<T, I>();
  template <int T, std::size_t... I>
  static constexpr void join(element<T>* out, std::index_sequence<I...>) {
    const int order[] = {(append(piece<T, I>, out), 0)...};
    static_cast<void>(order);
  }
  template <class Piece, class Element>
  static constexpr void append(const Piece& from, Element*& out) {
    for (std::size_t i = 0; i < from.size(); ++i) *out++ = *(from.data() + i);
  }

  // ---- panels -----------------------------------------------------------------------------------

  template <int T, std::size_t P>
  static constexpr auto make_panel() {
    typename layout::template content<T>::panel r{};
    constexpr plan::stage s = p.stages[writers<T>.stage[0]];
    if constexpr (p.tensors[T].form == plan::layout::filters) {
      fill_filters<T, s.first_operand>(P, detail::static_sizes(Net::graph, s), &r.elems[0]);
    } else {
      fill_columns<T, s.first_operand>(P, s, &r.elems[0]);
    }
    return r;
  }
  template <int T, int From>
  static constexpr void fill_filters(std::size_t number,
                                     const kernel::conv2d::sizes& sizes,
                                     element<T>* out) {
    constexpr constant_walk w = walk_of(p, p.views[From]);
    constexpr auto numbers =
        detail::arithmetic_of(p.tensors[T].type.element, p.tensors[T].type.element);
    using kernel::conv2d::spacing;
    const kernel::conv2d::filters<element<T>, spacing::strided> filters{
        pointer<p.views[From].tensor> + w.start,
        w.stride[0],
        w.stride[1],
        w.stride[2],
        w.stride[3]};
    kernel::conv2d::make_panel<numbers>(filters, sizes, number, out);
  }
  template <int T, int From>
  static constexpr void fill_columns(std::size_t number, const plan::stage& s, element<T>* out) {
    constexpr constant_walk w = walk_of(p, p.views[From]);
    constexpr auto depth = static_cast<std::size_t>(p.tensors[T].depth);
    const auto n_axis = static_cast<std::size_t>(s.rank - 2), k_axis = n_axis + 1;
    const auto n = static_cast<std::size_t>(s.extents[n_axis].factor);
    const std::size_t cols = std::min(columns, n - number * columns);
    std::int64_t from = w.start + static_cast<std::int64_t>(number * columns) * w.stride[n_axis];
    const auto k = static_cast<std::size_t>(s.extents[k_axis].factor);
    for (std::size_t i = 0; i < k; ++i, from += w.stride[k_axis]) {
      kernel::gemm::put_in_panel<depth>(
          pointer<p.views[From].tensor>, from, w.stride[n_axis], cols, i, out);
    }
  }

  template <int T, std::size_t P>
  static constexpr auto panel = make_panel<T, P>();

  template <int T, std::size_t... P>
  static constexpr auto panels(std::index_sequence<P...>) {
    if constexpr (layout::shape_of(T).words == 0) {
      return typename layout::template content<T>{{panel<T, P>...}};
    } else {
      typename layout::template content<T> r{{panel<T, P>...}, {}};
      if constexpr (std::is_same_v<element<T>, std::int8_t>) add_sums<T>(r);
      return r;
    }
  }
  /// Sums of each panel; those of a group's last panel go over what follows, as its columns do.
  template <int T>
  static constexpr void add_sums(typename layout::template content<T>& r) {
    constexpr panel_shape shape = layout::shape_of(T);
    constexpr plan::stage s = p.stages[writers<T>.stage[0]];
    for (std::size_t i = 0; i < shape.panels; ++i) {
      std::int32_t sums[columns] = {};
      kernel::gemm::compensate_panel(&r.panels[i].elems[0], shape.each, sums);
      std::size_t first = i * columns;
      if constexpr (p.tensors[T].form == plan::layout::filters) {
        first = kernel::conv2d::filters_in(detail::static_sizes(Net::graph, s), i).first;
      }
      for (std::size_t j = 0; j < columns; ++j) r.words[first + j] = sums[j];
    }
  }

 public:
  template <int T>
  static constexpr auto content = make<T>();
  template <int T>
  static constexpr const auto* pointer = address_of<T>();
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
