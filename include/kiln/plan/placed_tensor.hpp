// SPDX-License-Identifier: MIT
// Where a tensor lives, how it is laid out, and how a stage walks over it.
#pragma once

#include <kiln/tensor/shape.hpp>

#include <array>
#include <cstdint>

namespace kiln::plan {

using tensor::dim;
using tensor::max_rank;
using tensor::tensor_type;

/// Whose memory a tensor is in.
enum class place : std::uint8_t {
  argument,  // the caller's, read by run
  result,    // the caller's, written by run
  weight,    // the caller's, read by prepare only
  packed,    // written by prepare, read by run
  block,     // scratch of one thread: what one step of the loops around needs
  shared,    // scratch that a whole group fills before the next one reads it
  literal,   // one number of the expression
  table      // an array of the expression
};

/// Columns of a panel in the packed layout of kernel::gemm.
inline constexpr int panel_columns = 16;

/// How a tensor's elements are ordered in its memory.
enum class layout : std::uint8_t {
  rows,    // row-major; rows may be padded
  panels,  // kernel::gemm's packed B: panels of 16 columns, in them rows of 16 words, zero-padded
  filters  // kernel::conv2d's packed filters; views go over [r, s, c / groups, f] as over rows
};

/// Elements between neighbours along an axis: factor, times the tensor's row stride (which for a
/// caller's tensor is known at run time), times the extents that the symbols stand for.
struct stride final {
  std::int32_t factor = 0;
  std::int8_t rows = 0;
  tensor::symbol_product symbols{};
  constexpr bool operator==(const stride& other) const {
    return factor == other.factor && rows == other.rows && symbols.counts == other.symbols.counts;
  }
};

/// The stride from one run of d neighbours to the next; from a broadcast one none.
constexpr stride operator*(const stride& s, const dim& d) {
  if (s.factor == 0) return s;
  stride r = s;
  r.factor *= d.factor;
  if (!d.is_static()) r.symbols = s.symbols * d.symbols;
  return r;
}

/// A tensor's part that the step of a loop covers starts at index * scale - halo along `axis`.
struct origin final {
  std::int8_t loop = -1;
  std::int8_t axis = 0;
  std::int16_t scale = 1;
  std::int16_t halo = 0;
  constexpr bool operator==(const origin&) const = default;
};

/// Loops around a stage, at most.
inline constexpr int max_nest = 4;  // loops around a stage

/// A tensor of the plan.
struct placed_tensor final {
  tensor_type type{};
  place at = place::shared;
  layout form = layout::rows;
  bool carried = false;         // keeps its value from one step of a loop to the next
  std::int8_t depth = 1;        // of panels: neighbours along k that lie together in a word
  std::int16_t slot = -1;       // which argument, result or weight; which node for literal, table
  std::int16_t node = -1;       // the graph node whose value it holds
  std::int32_t row_stride = 0;  // elements; 0 where the caller says it at run time
  std::int64_t offset = 0;      // bytes into the packed memory or the scratch
  std::int64_t bytes = 0;       // with padding; bound of dynamic extents
  std::array<origin, 2> origins{};
};

/// Strides of a tensor's own axes.
constexpr stride stride_of(const placed_tensor& t, int axis) {
  stride s{1, 0};
  for (int i = t.type.rank - 1; i > axis; --i) {
    if (i == t.type.rank - 1) {
      s = t.row_stride > 0 ? stride{t.row_stride, 0} : stride{1, 1};
    } else {
      s = s * t.type[i];
    }
  }
  return s;
}

/// How a stage walks over a tensor: one stride for every axis of the stage, 0 where the tensor is
/// broadcast, and a start. Of panels, the strides of columns and of k say where a slice of them
/// starts: k elements a column (slices of whole panels), padded columns a k (slices of k packed
/// each by itself) or panel_columns a k (slices of k inside of panels that go on).
struct view final {
  std::int16_t tensor = -1;
  std::int8_t rank = 0;
  std::int32_t start = 0;       // elements
  std::int32_t start_rows = 0;  // times the row stride
  std::array<stride, max_rank> strides{};

  constexpr const stride& operator[](int i) const { return strides[static_cast<std::size_t>(i)]; }
  constexpr stride& operator[](int i) { return strides[static_cast<std::size_t>(i)]; }
  constexpr bool operator==(const view&) const = default;
};

}  // namespace kiln::plan
