// SPDX-License-Identifier: MIT
// Convolutions on AMX tiles: every tail against sums in f64 or in integers, on guarded memory.
#pragma once

#include <kiln/kernel/conv2d/convolve.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/conv2d/planes.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/conv2d/problem.hpp>

namespace kiln::test {

namespace conv2d = kernel::conv2d;
namespace gemm = kernel::gemm;
using conv2d_test::problem;

/// The code of all convolutions on tiles whose steps take so many words.
template <gemm::arithmetic X,
          int Words,
          bool Copies = true,
          gemm::b_source Source = gemm::b_source::second_cache>
inline constexpr conv2d::packed_config tiled_code{.product = {.block = {.mr = 32, .nv = 2},
                                                              .tail_packs = gemm::any_tail,
                                                              .source = Source,
                                                              .numbers = X,
                                                              .tiled = 1},
                                                  .copies = Copies ? 1 : 0,
                                                  .words = Words};

/// The code of those whose lines are stacked.
template <gemm::arithmetic X, int Words>
inline constexpr conv2d::packed_config stacked_code{
    .product = tiled_code<X, Words>.product, .copies = 1, .words = Words, .stacked = 1};

/// Packs and convolves on memory with guards around it.
template <conv2d::packed_config C, gemm::arithmetic X>
void run_tiled(problem<X>& p) {
  const conv2d::sizes& s = p.sizes();
  const auto l = conv2d::planes_of(X, s);
  conv2d_test::guarded_of<std::byte> packed(conv2d::packed_bytes(X, s));
  conv2d_test::guarded_of<std::byte> workspace(
      C.copies != 0 ? static_cast<std::size_t>(l.bytes(l.block(s.most_line_bytes))) : 0);
  conv2d::pack_filters<X>(p.filters(), s, packed.data());
  conv2d::convolve<C>(p.image(), packed.data(), s, workspace.data(), p.epilogue(), p.pad());
}

/// One convolution of an image whose pixels are `gap` elements apart.
template <conv2d::packed_config C, gemm::arithmetic X>
void check_tiled(const conv2d::sizes& s, std::ptrdiff_t gap = 0, gemm::a_element<X> pad = {}) {
  INFO(s.down.taps, " taps, stride ", s.down.stride, ", dilation ", s.down.dilation, " over ");
  INFO(s.across.taps, " taps, stride ", s.across.stride, ", dilation ", s.across.dilation, ": ");
  INFO(s.out_h, " x ", s.out_w, " x ", s.f, ", groups ", s.groups, ", numbers ", int(X));
  problem<X> p(s, gap, pad);
  run_tiled<C>(p);
  CHECK(p.is_right());
}

/// Channels that a filter sees where a step takes `words` words and a tap so many steps.
constexpr std::ptrdiff_t channels_of(gemm::arithmetic x, int words, int steps = 1) {
  return static_cast<std::ptrdiff_t>(gemm::neighbours(x)) * words * steps;
}

}  // namespace kiln::test
