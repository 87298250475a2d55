// SPDX-License-Identifier: MIT
// Products by weights in groups: many rows in blocks, depths in parts, few rows.
#include <kiln/kernel/gemm/grouped.hpp>

#include <doctest/doctest.h>

#include <unit/kernel/gemm/grouped_product.hpp>

namespace gemm = kiln::kernel::gemm;
using grouped_test::any_rows;
using grouped_test::product;

static_assert(gemm::grouped_stack_bytes <= 64 * 1024);

namespace {

template <gemm::grouped_form F, int M = 0>
void check(std::size_t m, std::size_t n, std::size_t k, std::size_t group) {
  CAPTURE(m);
  CAPTURE(n);
  CAPTURE(k);
  product<F> p({m, n, k, group});
  gemm::run_grouped<any_rows<M>(), F>(p.operands(), p.store());
  CHECK(p.is_right());
}

}  // namespace

TEST_CASE("rows and columns") {
  for (std::size_t n = 1; n <= 50; n += n < 18 ? 1 : 7) {
    for (const std::size_t m : {1U, 7U, 19U}) check<grouped_test::four>(m, n, 48, 24);
    check<grouped_test::eight_zeros>(5, n, 24, 12);
  }
  check<grouped_test::eight>(135, 33, 16, 8);
  check<grouped_test::four, 1>(1, 33, 16, 8);
}
TEST_CASE("depths and groups") {
  for (const std::size_t k : {8U, 248U, 256U, 264U, 520U}) {
    check<grouped_test::four_half_zeros>(9, 20, k, 8);
    check<grouped_test::eight>(9, 20, k, k);
  }
  check<grouped_test::four>(9, 20, 480, 160);  // a group on both sides of a part
}
TEST_CASE("no rows, no columns") {
  product<grouped_test::four> p({2, 3, 8, 8});
  const auto before = p.result();
  gemm::grouped_operands x = p.operands();
  x.m = 0;
  gemm::run_grouped<any_rows<0>(), grouped_test::four>(x, p.store());
  x = p.operands();
  x.n = 0;
  gemm::run_grouped<any_rows<0>(), grouped_test::four>(x, p.store());
  CHECK(p.result() == before);
}
