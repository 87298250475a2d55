// SPDX-License-Identifier: MIT
// Stages of prepare as constant expressions: maps and reductions over arrays of constants.
#pragma once

#include <kiln/codegen/program.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/simd/constant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

// Operators whose meaning needs no function that is a series.
using constant_maps = core::list<op::cast_op,
                                 op::linear_op,
                                 op::add_op,
                                 op::sub_op,
                                 op::mul_op,
                                 op::div_op,
                                 op::max_op,
                                 op::min_op,
                                 op::negate_op,
                                 op::abs_op,
                                 op::square_op,
                                 op::reciprocal_op,
                                 op::sqrt_op,
                                 op::rsqrt_op,
                                 op::round_op,
                                 op::floor_op,
                                 op::ceil_op,
                                 op::relu_op,
                                 op::clip_op,
                                 op::leaky_relu_op,
                                 op::prelu_op,
                                 op::select_op,
                                 op::equal_op,
                                 op::not_equal_op,
                                 op::less_op,
                                 op::less_equal_op,
                                 op::greater_op,
                                 op::greater_equal_op>;
using constant_reductions = core::list<op::reduce_sum_op,
                                       op::reduce_mean_op,
                                       op::reduce_prod_op,
                                       op::reduce_max_op,
                                       op::reduce_min_op>;

template <class... Ops>
constexpr bool is_one_of(op::kind kind, core::list<Ops...>) {
  return ((kind == op::kind_of<Ops>) || ...);
}

}  // namespace detail

/// The operator for which a stage cannot be a constant expression, as a place in the registry; -1:
/// it can.
template <class Plan>
constexpr int run_time_operator(const Plan& p, const plan::stage& s) {
  for (int i = 0; i < s.instructions; ++i) {
    const op::kind kind = p.instructions[s.first_instruction + i].kind;
    if (!detail::is_one_of(kind, detail::constant_maps{})) return static_cast<int>(kind);
  }
  const bool reduces = s.kind == plan::anchor::reduction && s.instructions == 0
                       && detail::is_one_of(s.operation, detail::constant_reductions{});
  const bool packs = s.kind == plan::anchor::pack && s.instructions == 0 && s.operands == 1;
  const bool can = s.kind == plan::anchor::map || packs || reduces;
  return can ? -1 : static_cast<int>(s.operation);
}

/// How a stage walks over one tensor, in elements; everything is known.
struct constant_walk final {
  std::int64_t start = 0;
  std::array<std::int64_t, plan::max_rank> stride{};
};

/// The walk of a view of a plan whose weights are dense.
template <class Plan>
constexpr constant_walk walk_of(const Plan& p, const plan::view& v) {
  const plan::placed_tensor& t = p.tensors[v.tensor];
  const std::int64_t row = t.row_stride > 0  ? t.row_stride
                           : t.type.rank > 0 ? t.type.back().factor
                                             : 1;
  constant_walk w{v.start + v.start_rows * row, {}};
  for (int i = 0; i < v.rank; ++i) {
    w.stride[static_cast<std::size_t>(i)] = v[i].factor * (v[i].rows != 0 ? row : 1);
  }
  return w;
}

/// Stage S of a plan, run by the compiler. Memory::pointer<T> is the first element of tensor T.
///
/// @law   the same bits as the stage gives when the program runs, but for rsqrt (simd::constant)
/// and
///        for sums of floats, which are exact in f64 here and then rounded
/// @cost  about ten steps of a constant expression an element, and as many an instruction
template <class Net, class Memory, int S>
struct constant_stage final {
  static constexpr const auto& p = Net::plan;
  static constexpr plan::stage s = p.stages[S];
  static constexpr bool reduces = s.kind == plan::anchor::reduction;

 private:
  static_assert(s.stores == 1);
  static constexpr auto loads = static_cast<std::size_t>(reduces ? 1 : s.loads);
  static constexpr plan::store stored = p.stores[s.first_store];

  static constexpr std::int64_t extent(int axis) {
    return s.extents[static_cast<std::size_t>(axis)].factor;
  }
  static constexpr std::int64_t product(int first, int end) {
    std::int64_t n = 1;
    for (int a = first; a < end; ++a) n *= extent(a);
    return n;
  }
  // A map's last axis is walked in one go, as the last one that a reduction reduces.
  static constexpr int outer = reduces || s.kept == 0 ? s.kept : s.kept - 1;
  static constexpr int last = reduces ? s.rank - 1 : outer;
  static constexpr std::int64_t inner = last < s.rank ? extent(last) : 1;

  template <std::size_t I>
  static constexpr int view = (reduces ? s.first_operand : s.first_load) + static_cast<int>(I);
  static constexpr auto walks = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<constant_walk, loads + 1>{walk_of(p, p.views[view<I>])...,
                                                walk_of(p, p.views[stored.view])};
  }
  (std::make_index_sequence<loads>{});
  static constexpr std::int64_t step(std::size_t walk) {
    return last < s.rank ? walks[walk].stride[static_cast<std::size_t>(last)] : 0;
  }

 public:
  /// What is made one after the other, and how many results each has.
  static constexpr std::int64_t rows = product(0, outer);
  static constexpr std::int64_t row_elems = reduces ? 1 : inner;
  /// Whether results follow one another.
  static constexpr bool is_dense = [] {
    std::int64_t next = 1;
    bool dense = walks[loads].start == 0;
    for (int a = s.kept - 1; a >= 0; --a) {
      dense = dense && (extent(a) == 1 || walks[loads].stride[static_cast<std::size_t>(a)] == next);
      next *= extent(a);
    }
    return dense;
  }();

  /// Writes rows [first, end) to where they are in the result, of which `out` is element `begin`.
  template <class Element>
  static constexpr void run(Element* out,
                            std::int64_t first,
                            std::int64_t end,
                            std::int64_t begin) {
    for (std::int64_t row = first; row < end; ++row) {
      std::int64_t at[loads + 1] = {};
      for (std::size_t v = 0; v <= loads; ++v) at[v] = walks[v].start;
      move(at, row, 0, outer);
      at[loads] -= begin;
      if constexpr (reduces) {
        out[at[1]] = simd::stored<Element>(reduced(at[0]));
      } else {
        map(at, out, std::make_index_sequence<loads>{});
      }
    }
  }

 private:
  /// Moves to a row of axes [first, end).
  static constexpr void move(std::int64_t* at, std::int64_t row, int first, int end) {
    for (int a = end - 1; a >= first; --a) {
      const std::int64_t i = row % extent(a);
      for (std::size_t v = 0; v <= loads; ++v) {
        at[v] += i * walks[v].stride[static_cast<std::size_t>(a)];
      }
      row /= extent(a);
    }
  }

  template <std::size_t I>
  static constexpr const auto* load = Memory::template pointer<p.views[view<I>].tensor>;
  template <class Element>
  static constexpr bool is_copy = [] {
    if constexpr (s.instructions == 0 && loads == 1) {
      return std::is_same_v<Element, std::remove_cvref_t<decltype(*load<0>)>>;
    }
    return false;
  }();

  template <class Element, std::size_t... I>
  static constexpr void map(const std::int64_t* at, Element* out, std::index_sequence<I...>) {
    constexpr std::int64_t steps[] = {step(I)..., step(loads)};
    for (std::int64_t j = 0; j < inner; ++j) {
      if constexpr (is_copy<Element>) {
        out[at[1] + j * steps[1]] = load<0>[at[0] + j * steps[0]];
      } else {
        simd::constant r[loads + lines] = {
            simd::constant(simd::loaded(load<I>[at[I] + j * steps[I]]))...};
        for_lines(r, std::make_index_sequence<lines>{});
        out[at[loads] + j * steps[loads]] = simd::stored<Element>(r[result].value);
      }
    }
  }

  // ---- instructions -----------------------------------------------------------------------------

  static constexpr auto lines = static_cast<std::size_t>(s.instructions);
  template <std::size_t L>
  static constexpr plan::instruction line =
      p.instructions[s.first_instruction + static_cast<int>(L)];
  template <std::size_t L>
  using operands = std::make_index_sequence<static_cast<std::size_t>(line<L>.count)>;

  /// A store rounds by itself: a cast to what it stores need not be computed.
  static constexpr std::size_t first_cast = [] {
    const bool last_line = static_cast<std::size_t>(stored.reg) + 1 == loads + lines;
    if (reduces || lines == 0 || !last_line) return lines;
    const plan::instruction& x = p.instructions[s.first_instruction + s.instructions - 1];
    const auto to = p.tensors[p.views[stored.view].tensor].type.element;
    const bool same = x.kind == op::kind_of<op::cast_op> && x.detail == static_cast<int>(to);
    return same ? lines - 1 : lines;
  }();
  static constexpr auto result = static_cast<std::size_t>(
      first_cast < lines ? p.instructions[s.first_instruction + s.instructions - 1].registers[0]
                         : stored.reg);

  template <std::size_t... L>
  static constexpr void for_lines([[maybe_unused]] simd::constant* r, std::index_sequence<L...>) {
    (execute<L>(r, operands<L>{}), ...);
  }
  template <std::size_t L, std::size_t... K>
  static constexpr void execute([[maybe_unused]] simd::constant* r, std::index_sequence<K...>) {
    constexpr plan::instruction x = line<L>;
    using operation = typename op::operation_at<x.kind>::type;
    if constexpr (L >= first_cast) {
      return;
    } else if constexpr (x.kind == op::kind_of<op::cast_op>) {
      using to = element_t<static_cast<tensor::dtype>(x.detail)>;
      r[loads + L].value = simd::loaded(simd::stored<to>(r[x.registers[0]].value));
    } else {
      r[loads + L] = operation::template apply<simd::constant>(r[x.registers[K]]...);
    }
  }

  // ---- reductions -------------------------------------------------------------------------------

  static constexpr float reduced(std::int64_t begin) {
    using operation = typename op::operation_at<s.operation>::type;
    constexpr std::int64_t n = product(s.kept, last), step_of_last = step(0);
    double sum = operation::template initial<double>();
    for (std::int64_t row = 0; row < n; ++row) {
      std::int64_t at[2] = {begin, 0};
      move(at, row, s.kept, last);
      for (std::int64_t j = 0; j < inner; ++j) {
        sum = operation::combine(
            sum, static_cast<double>(simd::loaded(load<0>[at[0] + j * step_of_last])));
      }
    }
    return static_cast<float>(operation::finish(sum, static_cast<double>(n * inner)));
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
