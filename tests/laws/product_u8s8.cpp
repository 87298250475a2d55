// SPDX-License-Identifier: MIT
// Products of u8 x s8: every kernel is exact at every size.
#include <support/product_sweep.hpp>

namespace test = kiln::test;
constexpr auto numbers = test::arithmetic::u8s8;

TEST_CASE("u8 x s8: panels from every layout") { test::sweep_packing<numbers>(); }
TEST_CASE("u8 x s8: every size around every tile") { test::sweep_sizes<numbers>(); }
TEST_CASE("u8 x s8: every number of rows that is known") { test::sweep_known_rows<numbers>(); }
TEST_CASE("u8 x s8: around blocks of k and of rows") { test::sweep_blocks<numbers>(); }
TEST_CASE("u8 x s8: the largest and smallest numbers") { test::sweep_extremes<numbers>(); }
