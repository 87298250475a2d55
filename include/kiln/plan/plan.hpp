// SPDX-License-Identifier: MIT
// The plan: a small loop tree as one constexpr value. It carries everything from a lone relu to
// attention.
#pragma once

#include <kiln/graph/graph.hpp>
#include <kiln/plan/placed_tensor.hpp>
#include <kiln/plan/table.hpp>
#include <kiln/tensor/tile.hpp>

#include <array>
#include <cstdint>

namespace kiln::plan {

/// What a loop's steps may do to each other.
enum class role : std::uint8_t {
  parallel,  // steps are independent
  serial,    // steps run in order
  reduce     // steps run in order and carry tensors from one to the next
};

/// A loop over an axis: steps of `step`, the last one shorter. Threads that share it take ranges of
/// whole multiples of `grain`, walked in steps that end at the range's end.
struct loop final {
  role runs = role::serial;
  dim extent{};
  std::int32_t step = 1;
  std::int32_t grain = 1;
};

/// A stage's share of one step of a loop: along `axis` from index * scale - before to
/// (index + step) * scale + after, cut to the axis.
struct slice final {
  std::int8_t loop = -1;
  std::int8_t axis = 0;
  std::int16_t scale = 1;
  std::int16_t before = 0;
  std::int16_t after = 0;
  constexpr bool operator==(const slice&) const = default;
};

/// What the microkernel of a stage is.
enum class anchor : std::uint8_t {
  map,          // nothing but the store program
  matmul,       // operands a [batch..., m, k], b [batch..., k, n]; b may be in panels
  convolution,  // operands x [b, h, w, c], weights [r, s, c / groups, f] as they come or packed,
                // room for lines of x
  pooling,      // operand x [b, h, w, c]
  reduction,    // operand [kept..., reduced...]
  row,          // operands x [kept..., n], then what the row operator needs
  pack          // operand [batch..., k, n] into panels, or the filters of a convolution
};

/// One line of a store program. Registers: loads first, then the anchor's result, then one for
/// every instruction.
struct instruction final {
  op::kind kind{};
  std::int8_t count = 0;
  std::int8_t detail = 0;  // of a cast: the element type
  std::int16_t node = -1;  // the graph node it computes
  std::array<std::int8_t, 6> registers{};
};

/// Where a register is stored.
struct store final {
  std::int8_t reg = 0;
  std::int16_t view = -1;
};

/// One microkernel on a slice, with its store program. Axes [0, kept) are those of the result, axes
/// [kept, rank) are summed, maximised, ... by reduction and row anchors.
struct stage final {
  anchor kind = anchor::map;
  op::kind operation{};    // the anchor's operator
  std::int16_t node = -1;  // the graph node the anchor computes
  std::int8_t rank = 0;
  std::int8_t kept = 0;
  bool accumulate = false;  // the anchor's first value is what its result's place holds
  std::array<dim, max_rank> extents{};
  std::array<slice, max_nest> slices{};
  std::int16_t first_operand = 0, operands = 0;  // views of the anchor's operands
  std::int16_t first_load = 0, loads = 0;        // views
  std::int16_t first_instruction = 0, instructions = 0;
  std::int16_t first_store = 0, stores = 0;
  tensor::tile tile{};
};

/// Whether a view of a convolution or pooling [b, p, q, f] goes on from an image to the next one as
/// it does from line to line.
constexpr bool counts_images(const view& v, const stage& s) {
  return s.extents[0] == dim{} || v[0] == v[1] * s.extents[1];
}

/// A line of the tree: a loop with its body, the next `body` items, or a stage.
struct item final {
  bool is_loop = false;
  std::int16_t index = 0;
  std::int16_t body = 0;
};

/// Items between two barriers.
struct group final {
  std::int16_t first = 0;
  std::int16_t items = 0;
};

/// Capacity counts graph nodes; the pools hold what that many nodes can need.
///
/// @law  groups [0, prepare_groups) run once, at bind; the others at every run
template <std::size_t Capacity>
struct plan final {
  static constexpr std::size_t capacity = Capacity;
  template <class T, std::size_t N>
  struct pool final {
    table<T, N> data{};
    std::int16_t size = 0;
    constexpr const T& operator[](int i) const { return data.data[i]; }
    constexpr T& operator[](int i) { return data.data[i]; }
    constexpr std::int16_t push(const T& x) {
      if (size == static_cast<std::int16_t>(N)) core::unreachable("plan capacity exceeded");
      data[size] = x;
      return size++;
    }
  };
  pool<placed_tensor, 2 * Capacity> tensors{};
  pool<view, 5 * Capacity> views{};
  pool<instruction, Capacity> instructions{};
  pool<store, 2 * Capacity> stores{};
  pool<stage, 2 * Capacity> stages{};
  pool<loop, 2 * Capacity> loops{};
  pool<item, 4 * Capacity> items{};
  pool<group, 2 * Capacity> groups{};
  std::int16_t prepare_groups = 0;
  std::int16_t inputs = 0, weights = 0, results = 0;
  tensor::symbol_table symbols{};
  std::int64_t scratch_bytes = 0;  // of one thread: shared, and block after it
  std::int64_t shared_bytes = 0;   // once for all threads
  std::int64_t block_bytes = 0;    // once for each thread
  std::int64_t prepare_scratch_bytes = 0;
  std::int64_t packed_bytes = 0;
};

}  // namespace kiln::plan
