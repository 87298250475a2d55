// SPDX-License-Identifier: MIT
// What a stage costs in cycles, roughly, and what work is worth a barrier.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/plan.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::plan {

/// Cycles from one group of a team to its next one: a thread that spins sees the others' last store
/// after about a microsecond of a busy machine.
inline constexpr std::int64_t barrier_cycles = 3000;

/// Bytes of packed weights that one core takes in a cycle: from its second cache, and from what is
/// behind it. Rows that are too few to hide that wait for weights.
inline constexpr std::int64_t near_bytes_per_cycle = 32;
inline constexpr std::int64_t far_bytes_per_cycle = 8;

namespace detail {

template <class Plan>
constexpr std::int64_t elems_to(const Plan& p, const stage& s, int axes) {
  std::int64_t n = 1;
  for (int i = 0; i < axes; ++i) n *= bound_of(s.extents[static_cast<std::size_t>(i)], p.symbols);
  return n;
}

/// Operations on vectors for one element of what the store program goes over.
template <class Plan>
constexpr std::int64_t program_cost(const Plan& p, const stage& s) {
  std::int64_t cost = s.stores;
  for (int i = 0; i < s.instructions; ++i) {
    cost +=
        static_cast<std::int64_t>(op::describe(p.instructions[s.first_instruction + i].kind).cost);
  }
  return cost;
}

/// Multiply-adds, or other operations, of the anchor.
template <class Plan>
constexpr std::int64_t anchor_steps(const Plan& p, const stage& s) {
  constexpr std::int64_t usual_window = 9, row_passes = 8;
  switch (s.kind) {
    case anchor::matmul:
      return elems_to(p, s, s.rank);
    case anchor::convolution: {
      const tensor_type& w = p.tensors[p.views[s.first_operand + 1].tensor].type;
      return elems_to(p, s, s.kept) * w[0].factor * w[1].factor * w[2].factor;
    }
    case anchor::pooling:
      return usual_window * elems_to(p, s, s.kept);
    case anchor::row:
      return row_passes * elems_to(p, s, s.rank);
    case anchor::map:
      return 0;
    case anchor::pack:  // the axes of a product: its rows are not packed
      if (s.operation == op::kind_of<op::conv2d_op>) return elems_to(p, s, s.rank);
      return elems_to(p, s, s.rank)
             / bound_of(s.extents[static_cast<std::size_t>(s.rank - 3)], p.symbols);
    default:
      return elems_to(p, s, s.rank);
  }
}

}  // namespace detail

/// Bytes of weights that a product stage reads, packed at bind; 0 of any other stage.
template <class Plan>
constexpr std::int64_t weight_bytes(const Plan& p, const stage& s) {
  if (s.kind != anchor::matmul) return 0;
  const placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
  return b.at == place::packed ? b.bytes : 0;
}

/// Whether a stage's columns can be shared out: panels of s8 are followed by corrections that are
/// found by the number of all columns.
template <class Plan>
constexpr bool cuts_columns(const Plan& p, const stage& s) {
  return s.kind != anchor::matmul
         || p.tensors[p.views[s.first_operand + 1].tensor].type.element != tensor::dtype::s8;
}

/// Bytes that a stage reads and writes for each step along its first axis, weights and whatever
/// else is there for all steps not counted.
template <class Plan>
constexpr std::int64_t row_bytes(const Plan& p, const stage& s) {
  std::int64_t sum = 0;
  const int axes = s.kind == anchor::row ? s.rank : s.kept;
  const auto add = [&](const view& v, int to) {
    if (v[0].factor == 0) return;
    auto bytes = static_cast<std::int64_t>(size_of(p.tensors[v.tensor].type.element));
    for (int i = 1; i < to; ++i) {
      const dim& extent = s.extents[static_cast<std::size_t>(i)];
      if (v[i].factor != 0) bytes *= bound_of(extent, p.symbols);
    }
    sum += bytes;
  };
  for (int k = 0; k < s.operands; ++k) add(p.views[s.first_operand + k], s.rank);
  for (int k = 0; k < s.loads; ++k) add(p.views[s.first_load + k], axes);
  for (int k = 0; k < s.stores; ++k) add(p.views[p.stores[s.first_store + k].view], axes);
  return sum;
}

/// Cycles that a stage takes on one core, dynamic extents at their bounds: two multiply-adds on
/// vectors of floats start in each, short types are no faster here, and one other operation.
///
/// @cost  linear in the stage's instructions
template <class Plan>
constexpr std::int64_t cycles_of(const Plan& p, const stage& s, const core::target& machine) {
  const bool products = s.kind == anchor::matmul || s.kind == anchor::convolution;
  const std::int64_t anchored = detail::anchor_steps(p, s) / (products ? 2 : 1);
  const int axes = s.kind == anchor::row ? s.rank : s.kept;
  const bool pack = s.kind == anchor::pack;
  const std::int64_t program = pack ? 0 : detail::program_cost(p, s) * detail::elems_to(p, s, axes);
  return std::max((anchored + program) / machine.lanes, weight_bytes(p, s) / near_bytes_per_cycle);
}

/// Whether work of so many cycles is worth the barrier behind it: with two threads it then takes
/// three quarters of the time at most.
constexpr bool pays_for_team(std::int64_t cycles) { return cycles >= 4 * barrier_cycles; }

/// How many of `count` equal parts of work a thread takes at least: half a barrier's time.
constexpr std::int64_t least_share(std::int64_t cycles,
                                   std::int64_t count,
                                   std::int64_t barrier = barrier_cycles) {
  if (cycles <= 0) return count;
  const std::int64_t share = core::ceil_div(barrier / 2 * count, cycles);
  return share > 1 ? share : 1;
}

}  // namespace kiln::plan
