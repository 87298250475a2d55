// SPDX-License-Identifier: MIT
// Single register tiles against sums in f64.
#include <kiln/kernel/gemm/micro.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::a_form;
using gemm::b_source;
using product_test::product;
using product_test::sizes;

namespace {

// A whole product as one register tile.
template <int Rows, int Packs, a_form Form, b_source Source>
bool tile_is_right(std::size_t k, std::size_t columns_cut) {
  const std::size_t n = Packs * simd::lanes - columns_cut;
  product p(sizes{Rows, k, n, Form, 3, 2}, static_cast<std::uint32_t>(k));
  const auto x = p.operands();
  const gemm::tile_place at{.a = x.a,
                            .a_row = x.a_row,
                            .a_k = x.a_k,
                            .b = x.b,
                            .b_stride = x.k * gemm::panel,
                            .next = x.b,
                            .k = k,
                            .row = 0,
                            .col = 0};
  constexpr gemm::micro_shape shape{Rows, Packs, Form, Source};
  if (columns_cut == 0) {
    gemm::micro<shape>(at, simd::all_lanes{}, p.epilogue());
  } else {
    gemm::micro<shape>(at, simd::mask::first(simd::lanes - columns_cut), p.epilogue());
  }
  return p.is_right();
}

template <int Rows, int Packs, a_form Form, b_source Source = b_source::first_cache>
void check_tile() {
  for (const std::size_t k : {0U, 1U, 2U, 3U, 17U, 64U}) {
    CAPTURE(k);
    CHECK(tile_is_right<Rows, Packs, Form, Source>(k, 0));
    if (simd::lanes > 1) CHECK(tile_is_right<Rows, Packs, Form, Source>(k, simd::lanes / 2));
  }
}

}  // namespace

TEST_CASE("tiles of every form of a") {
  constexpr int in_panel = static_cast<int>(gemm::panel / simd::lanes);
  check_tile<1, in_panel, a_form::k_contiguous>();
  check_tile<1, 1, a_form::row_contiguous>();
  check_tile<4, 1, a_form::k_contiguous, b_source::second_cache>();
  check_tile<3, 2 * in_panel, a_form::strided>();
  check_tile<7, 1, a_form::row_contiguous, b_source::memory>();
  check_tile<5, 1, a_form::strided, b_source::memory>();
}
