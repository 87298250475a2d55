// SPDX-License-Identifier: MIT
// Few rows by weights in groups as object code: hot loops must hold nothing but loads, what widens
// numbers, and multiply-adds.
//
// hot: grouped_tile<

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/grouped_rows.hpp>
#include <kiln/tensor/tile.hpp>

namespace kiln_disassembly {

namespace gemm = kiln::kernel::gemm;

template <gemm::grouped_form F, int Rows>
void product(const gemm::grouped_operands& x, const gemm::plain_store& ep) {
  constexpr auto tile = kiln::tensor::default_tile(kiln::core::native, Rows);
  constexpr auto config = gemm::configure(tile, gemm::a_form::k_contiguous, Rows, 1024, 1024);
  if constexpr (config.block.mr <= gemm::most_grouped_rows)
    gemm::run_grouped_rows<config, F>(x, ep);
}

template <gemm::grouped_form F>
void each_height(const gemm::grouped_operands& x, const gemm::plain_store& ep) {
  product<F, 1>(x, ep);
  product<F, 2>(x, ep);
  product<F, 3>(x, ep);
  product<F, 4>(x, ep);
}

void products(const gemm::grouped_operands& x, const gemm::plain_store& ep);

void products(const gemm::grouped_operands& x, const gemm::plain_store& ep) {
  each_height<gemm::grouped_form{.bits = 4}>(x, ep);
  each_height<gemm::grouped_form{.bits = 8, .half_scale = 1}>(x, ep);
  each_height<gemm::grouped_form{.bits = 4, .half_scale = 1, .zeros = 1, .half_zero = 1}>(x, ep);
  each_height<gemm::grouped_form{.bits = 8, .zeros = 1}>(x, ep);
}

}  // namespace kiln_disassembly
