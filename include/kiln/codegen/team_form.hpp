// SPDX-License-Identifier: MIT
// The form of a stage whose loop is shared out: its steps may be shorter than the plan says.
#pragma once

#include <kiln/codegen/form.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

/// The rows of a step that occur most: those of the loop's, or half of all rows where two threads
/// share fewer than that.
constexpr int usual_rows(const plan::stage& s, const plan::slice& x, int step) {
  int loops = 0;
  for (const plan::slice& other : s.slices) loops += other.loop >= 0 ? 1 : 0;
  const int rows = static_extent(s, x.axis);
  return rows > 0 && loops == 1 ? std::min(step, core::ceil_div(rows, 2)) : step;
}

/// True if the columns are whole blocks, and every thread's are too: there is no tail then. One
/// that may be anywhere is cut into other blocks, in which a product of one row would add up
/// otherwise.
constexpr bool has_whole_blocks(const stage_form& f, const plan::stage& s, const plan::loop& l) {
  const int width = f.product.block.nv * static_cast<int>(simd::lanes);
  const bool one_step = static_extent(s, s.rank - 2) == l.step;
  return f.product.tail_packs == 0 && l.grain % width == 0 && (one_step || l.step % width == 0);
}

/// Lines of a convolution's tiles where a thread's results may end at any of them: two and one, or
/// one.
constexpr void forget_lines(kernel::conv2d::packed_config& c) {
  if (c.words != 0 || c.lines_high == 1) return;
  c.lines_low = c.lines_high == 2 ? 1 : 0;
  c.lines_high = c.lines_low + 1;
}

/// The tile of steps that have so many rows more often than not. Few rows keep the serial one: a
/// row by itself may be added up in another order.
template <class Plan>
constexpr tensor::tile tile_for(const Plan& p,
                                const plan::stage& s,
                                const kernel::gemm::config& serial,
                                int rows) {
  if (s.tile.mr > 0 || s.operation != op::kind_of<op::matmul_op> || rows <= plan::few_rows)
    return serial.block;
  const plan::placed_tensor& b = p.tensors[p.views[s.first_operand + 1].tensor];
  const tensor::tile t =
      tensor::product_tile(core::native,
                           kernel::gemm::factors_of(serial.numbers),
                           rows,
                           plan::step_extent(p, s, s.rank - 2),
                           core::ceil_div(plan::step_extent(p, s, s.rank - 1), int{b.depth}));
  return t == tensor::matrix_tile ? serial.block : t;
}

/// The product of steps that have so many rows more often than not, and may have any number.
template <class Plan>
constexpr void forget_rows(stage_form& f, const Plan& p, const plan::stage& s, int rows) {
  const kernel::gemm::config& serial = f.product;
  const tensor::tile block = tile_for(p, s, serial, rows);
  const kernel::gemm::config usual =
      kernel::gemm::configure(serial.numbers,
                              block,
                              serial.form,
                              rows,
                              exact_extent_of_step(p, s, s.rank - 1),
                              exact_extent_of_step(p, s, s.rank - 2));
  f.ragged = true;
  f.rest_high = f.rest_low = 0;
  f.product.rows_high = usual.rows_high;
  f.product.rows_low = usual.rows_low;
  if (block == serial.block) return;
  f.product.block = usual.block;
  f.product.full_columns = usual.full_columns;
  f.product.tail_packs = usual.tail_packs;
  f.product.tail_masked = usual.tail_masked;
}

/// What a product knows of its columns is no longer so.
constexpr void forget_columns(stage_form& f) {
  f.product.full_columns = 1;
  f.product.tail_packs = kernel::gemm::any_tail;
  f.product.tail_masked = 1;
}
/// What a product knows of an axis is no longer so.
template <class Plan>
constexpr void forget_axis(stage_form& f, const Plan& p, const plan::stage& s, int axis, int rows) {
  if (axis == f.rank - 3) {
    forget_rows(f, p, s, rows);
  } else if (axis == f.rank - 2) {
    forget_columns(f);
  } else if (axis == f.rank - 1) {
    core::unreachable("a loop over k is shared out in whole steps");
  }
}

}  // namespace detail

/// The form of a stage in a loop that threads share; the serial program's where code asks for
/// extents at run time anyway, as all but products and some convolutions do, or where threads take
/// whole steps.
///
/// @pre   shared is the index of the innermost shared loop
/// @cost  code of its own for matmuls whose rows or columns are known to the serial program, and
///        for convolutions that are products of all pixels or whose tiles are several lines
template <class Plan>
constexpr stage_form team_form(const Plan& p, int place, int shared, const stage_form& serial) {
  const plan::loop& l = p.loops[shared];
  if (l.grain % l.step == 0) return serial;
  stage_form f = serial;
  for (const plan::slice& x : p.stages[place].slices) {
    if (x.loop != shared) continue;
    if (f.kind == plan::anchor::matmul && f.product.tiled == 0) {
      const plan::stage& s = p.stages[place];
      const bool same = x.axis == s.rank - 2 && detail::has_whole_blocks(f, s, l);
      if (!same) detail::forget_axis(f, p, s, x.axis, detail::usual_rows(s, x, l.step));
    }
    if (f.kind == plan::anchor::convolution && f.way == convolution_way::packed) {
      if (x.axis > 1) core::unreachable("a convolution is shared out by images and lines");
      if (f.packed.plain != 0) f.packed.product.rows_high = f.packed.product.rows_low = 0;
      if (x.axis == 1) detail::forget_lines(f.packed);
    }
    if (f.kind == plan::anchor::convolution && f.way == convolution_way::own_channels) {
      const bool whole_tiles =
          f.own_channels.low == 0 && l.grain % f.own_channels.shape.down.steps == 0;
      if (x.axis == 1 && !whole_tiles) core::unreachable("a tile of lines is shared out");
    }
  }
  return f;
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
