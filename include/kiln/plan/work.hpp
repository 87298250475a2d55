// SPDX-License-Identifier: MIT
// What a stage costs in cycles, roughly, and what work is worth a barrier.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/product_tile.hpp>
#include <kiln/tensor/tile.hpp>

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

/// Rows of a product on a matrix unit that cost as much as one of them: those of a tile.
inline constexpr std::int64_t matrix_rows = 16;

/// Bytes that one core has for itself: machines with a matrix unit have two MiB, whatever else is
/// planned for.
constexpr std::int64_t own_cache_bytes(const core::target& machine) {
  constexpr std::int64_t with_matrix = std::int64_t{2} << 20;
  return machine.tiles ? std::max<std::int64_t>(with_matrix, machine.l2_bytes) : machine.l2_bytes;
}

/// Multiply-adds of a product that one core does in a cycle: two on vectors of floats start in
/// each, and so many times more where an instruction takes neighbours along k. A matrix unit (512
/// of pairs, 1024 of bytes) waits for loads and for what leaves its tiles: three eighths of that
/// were measured over whole chains.
constexpr std::int64_t multiply_adds(const core::target& machine,
                                     tensor::factors x,
                                     bool on_matrix) {
  const bool bytes = x.b == tensor::dtype::s8;
  const bool pairs = x.a == tensor::dtype::bf16 && x.b == tensor::dtype::bf16;
  if (on_matrix) return bytes ? 384 : 192;
  const int together = bytes && machine.byte_dot ? 4 : pairs && machine.pair_dot ? 2 : 1;
  return std::int64_t{2} * together * machine.lanes;
}

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

/// What a product or a convolution multiplies.
template <class Plan>
constexpr tensor::factors factors_of(const Plan& p, const stage& s) {
  const auto element = [&](int k) { return p.tensors[p.views[s.first_operand + k].tensor].type; };
  return {element(0).element, element(1).element};
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

/// Bytes of packed weights that one run reads.
///
/// @cost  linear in items
template <class Plan>
constexpr std::int64_t weight_bytes_of_run(const Plan& p) {
  if (p.prepare_groups == p.groups.size) return 0;
  std::int64_t sum = 0;
  for (int i = p.groups[p.prepare_groups].first; i < p.items.size; ++i) {
    if (!p.items[i].is_loop) sum += weight_bytes(p, p.stages[p.items[i].index]);
  }
  return sum;
}

/// Bytes of a product's other operand, for all rows; 0 of any other stage.
template <class Plan>
constexpr std::int64_t operand_bytes(const Plan& p, const stage& s) {
  if (s.kind != anchor::matmul) return 0;
  const placed_tensor& a = p.tensors[p.views[s.first_operand].tensor];
  const std::int64_t columns = bound_of(s.extents[static_cast<std::size_t>(s.rank - 2)], p.symbols);
  return detail::elems_to(p, s, s.rank) / std::max<std::int64_t>(columns, 1)
         * static_cast<std::int64_t>(size_of(a.type.element));
}

/// Whether a stage's columns can be shared out: what corrects products of a shifted A of s8 lies
/// behind all panels, and is an operand of its own or found by the number of all columns.
template <class Plan>
constexpr bool cuts_columns(const Plan& p, const stage& s) {
  return s.kind != anchor::matmul || s.operands > 2
         || p.tensors[p.views[s.first_operand].tensor].type.element != tensor::dtype::s8;
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

/// Whether a stage is a product or a convolution on the machine's matrix unit.
template <class Plan>
constexpr bool is_on_matrix(const Plan& p, const stage& s, const core::target& machine) {
  if (s.kind == anchor::convolution) return s.tile == tensor::matrix_tile;
  return s.kind == anchor::matmul && machine.tiles
         && product_tile(p, s, machine) == tensor::matrix_tile;
}

/// Rows of a stage that cost as much as one of them.
template <class Plan>
constexpr std::int64_t row_unit(const Plan& p, const stage& s, const core::target& machine) {
  return is_on_matrix(p, s, machine) ? matrix_rows : 1;
}

/// Cycles that a stage takes on one core, dynamic extents at their bounds: multiply_adds() of its
/// products, whole tiles on a matrix unit, and one other operation on vectors of floats.
///
/// @cost  linear in the stage's instructions
template <class Plan>
constexpr std::int64_t cycles_of(const Plan& p, const stage& s, const core::target& machine) {
  std::int64_t anchored = detail::anchor_steps(p, s);
  if (s.kind == anchor::matmul || s.kind == anchor::convolution) {
    const bool on_matrix = is_on_matrix(p, s, machine);
    if (on_matrix) {
      const std::int64_t rows =
          bound_of(s.extents[static_cast<std::size_t>(s.rank - 3)], p.symbols);
      anchored = anchored / rows * core::round_up(rows, matrix_rows);
    }
    anchored /= multiply_adds(machine, detail::factors_of(p, s), on_matrix);
  } else {
    anchored /= machine.lanes;
  }
  const int axes = s.kind == anchor::row ? s.rank : s.kept;
  const bool pack = s.kind == anchor::pack;
  const std::int64_t program = pack ? 0 : detail::program_cost(p, s) * detail::elems_to(p, s, axes);
  return std::max(anchored + program / machine.lanes, weight_bytes(p, s) / near_bytes_per_cycle);
}

/// Whether work of so many cycles is worth the barrier behind it: with two threads it then takes
/// three quarters of the time at most.
constexpr bool pays_for_team(std::int64_t cycles, std::int64_t barrier = barrier_cycles) {
  return cycles >= 4 * barrier;
}

/// Cycles from which on the columns of a product are worth sharing out: what threads take from each
/// other's caches before and behind it costs, for small products, as much as the barrier.
inline constexpr std::int64_t least_cycles_by_columns = 6 * barrier_cycles;
constexpr bool pays_by_columns(std::int64_t cycles, std::int64_t barrier = barrier_cycles) {
  return cycles >= least_cycles_by_columns / barrier_cycles * barrier;
}

/// How many of `count` equal parts of work a thread takes at least: half a barrier's time.
constexpr std::int64_t least_share(std::int64_t cycles,
                                   std::int64_t count,
                                   std::int64_t barrier = barrier_cycles) {
  if (cycles <= 0) return count;
  const std::int64_t share = core::ceil_div(barrier / 2 * count, cycles);
  return share > 1 ? share : 1;
}

}  // namespace kiln::plan
