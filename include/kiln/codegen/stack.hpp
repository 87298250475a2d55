// SPDX-License-Identifier: MIT
// How much stack a run needs at most.
#pragma once

#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/tiled.hpp>
#include <kiln/kernel/gemm/grouped.hpp>
#include <kiln/kernel/gemm/tiled.hpp>
#include <kiln/kernel/rows.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/product_tile.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Bytes of stack of run(), but for what the user's callables and compilers without optimisation
/// need: bookkeeping, one stage's addresses, registers that do not fit the machine, one tile of a
/// matmul whose rows are not known.
template <class Plan>
constexpr std::size_t stack_bytes(const Plan& p) {
  constexpr std::size_t bookkeeping = 1024;
  constexpr std::size_t convolution_chunk = 28 * 1024;  // weights and sums of kernel::conv2d
  constexpr std::size_t short_rows =                    // of kernel::softmax_rows
      kernel::row_block * kernel::row_block_longest * sizeof(float);
  constexpr std::size_t vector = simd::lanes * sizeof(float);
  std::size_t most = 0;
  for (int i = 0; i < p.stages.size; ++i) {
    const plan::stage& s = p.stages[i];
    const auto views = static_cast<std::size_t>(s.operands + s.loads + s.stores);
    const auto registers = static_cast<std::size_t>(s.loads + s.instructions + 1);
    std::size_t bytes = 2 * views * (plan::max_rank + 1) * 8 + registers * vector * 2;
    if (s.kind == plan::anchor::matmul
        && plan::product_tile(p, s, core::native) == tensor::matrix_tile) {
      bytes += kernel::gemm::tiled_stack_bytes;
    } else if (s.kind == plan::anchor::matmul) {
      const tensor::tile t = tensor::tallest_tile(core::native);
      bytes += static_cast<std::size_t>(t.mr * t.nv) * vector;
      const bool grouped = s.operation == op::kind_of<op::grouped_matmul_op>;
      if (grouped) bytes += kernel::gemm::grouped_stack_bytes;
    }
    if (s.kind == plan::anchor::convolution && s.tile == tensor::matrix_tile) {
      bytes += kernel::conv2d::tiled_stack_bytes;
    }
    if (s.kind == plan::anchor::row) bytes += short_rows;
    if (s.kind == plan::anchor::convolution
        && p.tensors[p.views[s.first_operand + 1].tensor].form == plan::layout::rows) {
      bytes += convolution_chunk;
    }
    most = bytes > most ? bytes : most;
  }
  return bookkeeping + most;
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
