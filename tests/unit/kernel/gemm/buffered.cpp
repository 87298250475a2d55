// SPDX-License-Identifier: MIT
// Register tiles through the buffer: every height, and the same bits as without it.
#include <kiln/kernel/gemm/buffered.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::a_form;
using product_test::product;
using product_test::sizes;

namespace {

constexpr gemm::micro_shape shape{5, 2, a_form::k_contiguous, gemm::b_source::first_cache};

gemm::tile_place place_of(const gemm::operands& x) {
  return {.a = reinterpret_cast<const std::byte*>(x.a),
          .a_row = x.a_row * 4,
          .a_k = x.a_k * 4,
          .b = reinterpret_cast<const std::byte*>(x.b),
          .b_stride = x.k * gemm::panel_row_bytes(gemm::arithmetic::f32),
          .next = reinterpret_cast<const std::byte*>(x.b),
          .k = x.k,
          .row = 0,
          .col = 0};
}

}  // namespace

TEST_CASE("any number of rows up to the tile's") {
  for (std::size_t rows = 1; rows <= 5; ++rows) {
    for (const std::size_t k : {0U, 1U, 9U}) {
      CAPTURE(rows);
      CAPTURE(k);
      product whole(sizes{rows, k, 2 * simd::lanes, a_form::k_contiguous, 1, 1});
      gemm::buffered<shape>(
          place_of(whole.operands()), static_cast<int>(rows), simd::all_lanes{}, whole.epilogue());
      CHECK(whole.is_right());
      if (simd::lanes == 1) continue;
      product cut(sizes{rows, k, simd::lanes + 1, a_form::k_contiguous, 1, 1});
      gemm::buffered<shape>(
          place_of(cut.operands()), static_cast<int>(rows), simd::mask::first(1), cut.epilogue());
      CHECK(cut.is_right());
    }
  }
}

TEST_CASE("the buffer changes no bit") {
  const sizes s{5, 37, 2 * simd::lanes};
  product direct(s);
  product through(s);
  gemm::micro<shape>(place_of(direct.operands()), simd::all_lanes{}, direct.epilogue());
  gemm::buffered<shape>(place_of(through.operands()), 5, simd::all_lanes{}, through.epilogue());
  for (std::size_t i = 0; i < s.m; ++i) {
    for (std::size_t j = 0; j < s.n; ++j)
      CHECK(product_test::same_bits(direct.c(i, j), through.c(i, j)));
  }
}
