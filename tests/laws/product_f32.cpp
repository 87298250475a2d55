// SPDX-License-Identifier: MIT
// Products of f32 x f32: every kernel is within the derived bound at every size.
#include <support/product_sweep.hpp>

namespace test = kiln::test;
constexpr auto numbers = test::arithmetic::f32;

TEST_CASE("f32 x f32: panels from every layout") { test::sweep_packing<numbers>(); }
TEST_CASE("f32 x f32: every size around every tile") { test::sweep_sizes<numbers>(); }
TEST_CASE("f32 x f32: every number of rows that is known") { test::sweep_known_rows<numbers>(); }
TEST_CASE("f32 x f32: around blocks of k and of rows") { test::sweep_blocks<numbers>(); }
