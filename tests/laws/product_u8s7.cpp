// SPDX-License-Identifier: MIT
// Products of u8 x s8 of seven bits: every kernel is exact at every size.
#include <support/product_sweep.hpp>

namespace test = kiln::test;
constexpr auto numbers = test::arithmetic::u8s7;

TEST_CASE("u8 x s8 of seven bits: panels from every layout") { test::sweep_packing<numbers>(); }
TEST_CASE("u8 x s8 of seven bits: every size around every tile") { test::sweep_sizes<numbers>(); }
TEST_CASE("u8 x s8 of seven bits: every number of rows that is known") {
  test::sweep_known_rows<numbers>();
}
TEST_CASE("u8 x s8 of seven bits: around blocks of k and of rows") {
  test::sweep_blocks<numbers>();
}
TEST_CASE("u8 x s8 of seven bits: the largest and smallest numbers") {
  test::sweep_extremes<numbers>();
}
