// SPDX-License-Identifier: MIT
// Few rows by weights in groups: every tail, and a row's bits wherever it stands.
#include <kiln/kernel/gemm/grouped_rows.hpp>

#include <doctest/doctest.h>

#include <unit/kernel/gemm/grouped_product.hpp>

namespace gemm = kiln::kernel::gemm;
using grouped_test::any_rows;
using grouped_test::product;

namespace {

template <gemm::grouped_form F, int M>
void check(std::size_t m, std::size_t n, std::size_t k, std::size_t group) {
  if constexpr (any_rows<M>().block.mr <= gemm::most_grouped_rows) {
    CAPTURE(m);
    CAPTURE(n);
    product<F> p({m, n, k, group});
    gemm::run_grouped_rows<any_rows<M>(), F>(p.operands(), p.store());
    CHECK(p.is_right());
  }
}

}  // namespace

TEST_CASE("rows and columns") {
  for (std::size_t n = 1; n <= 83; n += n < 20 ? 1 : 9) {
    check<grouped_test::four, 1>(1, n, 48, 24);
    check<grouped_test::eight_zeros, 1>(1, n, 48, 12);
    for (std::size_t m = 1; m <= 6; ++m) check<grouped_test::four_half_zeros, 4>(m, n, 48, 16);
  }
}
namespace {

// Known sizes: lower tiles take wider blocks of columns, of which the last may be cut.
template <int M, int N>
void check_known() {
  constexpr int k = 48;
  constexpr auto tile = kiln::tensor::default_tile(kiln::core::native, M, N, k);
  if constexpr (tile.mr <= gemm::most_grouped_rows) {
    CAPTURE(M);
    CAPTURE(N);
    constexpr auto c = gemm::configure(tile, gemm::a_form::k_contiguous, M, k, N);
    product<grouped_test::four> p({M, N, k, 24});
    gemm::run_grouped_rows<c, grouped_test::four>(p.operands(), p.store());
    CHECK(p.is_right());
  }
}
template <int... N>
void check_known_columns() {
  ((check_known<1, N>(), check_known<2, N>(), check_known<3, N>(), check_known<4, N>()), ...);
}

}  // namespace

TEST_CASE("sizes that are known") { check_known_columns<8, 48, 80, 96, 112, 288>(); }
TEST_CASE("groups of one word, and one group") {
  check<grouped_test::four, 1>(1, 17, 8, 8);
  check<grouped_test::eight_zeros, 1>(1, 17, 64, 4);
  check<grouped_test::four, 1>(1, 17, 1024, 1024);
}
TEST_CASE("a row has the same bits among others") {
  constexpr auto c = any_rows<4>();
  if constexpr (c.block.mr <= gemm::most_grouped_rows) {
    product<grouped_test::four_half_zeros> p({4, 37, 48, 16}), q({4, 37, 48, 16});
    gemm::run_grouped_rows<c, grouped_test::four_half_zeros>(p.operands(), p.store());
    gemm::grouped_operands x = q.operands();
    gemm::plain_store to = q.store();
    x.m = 1;
    for (int i = 0; i < 4; ++i, x.a += x.a_row, to.c += to.row_stride) {
      gemm::run_grouped_rows<c, grouped_test::four_half_zeros>(x, to);
    }
    CHECK(p.result() == q.result());
  }
}
