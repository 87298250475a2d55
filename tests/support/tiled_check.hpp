// SPDX-License-Identifier: MIT
// Products on AMX tiles: every tail against sums in f64 or in integers, on guarded memory.
#pragma once

#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/tiled_block.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <initializer_list>
#include <unit/kernel/gemm/product.hpp>

namespace kiln::test {

namespace gemm = kernel::gemm;

/// One product, with gaps between the rows of both matrices, for a cache of which `Source` says
/// what it holds.
template <gemm::arithmetic X, gemm::b_source Source>
void check_tiled(std::size_t m, std::size_t k, std::size_t n) {
  constexpr gemm::config c{.block = {.mr = 32, .nv = 2},
                           .tail_packs = gemm::any_tail,
                           .source = Source,
                           .numbers = X,
                           .tiled = 1};
  INFO(m, " x ", k, " x ", n, " of numbers ", static_cast<int>(X));
  product_test::product_of<X> p({.m = m, .k = k, .n = n, .a_gap = k % 3, .c_gap = 2});
  gemm::run<c>(p.operands(), p.epilogue());
  CHECK(p.is_right());
}

/// All sizes of the lists.
template <gemm::arithmetic X, gemm::b_source Source>
void check_all_tiled(std::initializer_list<std::size_t> rows,
                     std::initializer_list<std::size_t> depths,
                     std::initializer_list<std::size_t> columns) {
  for (const std::size_t m : rows) {
    for (const std::size_t k : depths) {
      for (const std::size_t n : columns) check_tiled<X, Source>(m, k, n);
    }
  }
}

}  // namespace kiln::test
