// SPDX-License-Identifier: MIT
// Convolutions of f32 by f16: within the derived bound for every window, size and number of
// channels.
#include <support/convolution_sweep.hpp>

namespace test = kiln::test;
constexpr auto numbers = test::arithmetic::f32_f16;
constexpr auto lanes = static_cast<std::ptrdiff_t>(kiln::simd::lanes);
constexpr std::ptrdiff_t mr = kiln::tensor::tallest_tile(kiln::core::native).mr;

TEST_CASE("f32 by f16: lines that share a tile") {
  test::sweep_windows<numbers, test::results{3, 5, lanes + 3}>();
}
TEST_CASE("f32 by f16: lines of two widths of tiles") {
  test::sweep_windows<numbers, test::results{2, mr + 2, 1}>();
}
TEST_CASE("f32 by f16: one line in a tile, several tiles, filters without a rest") {
  test::sweep_windows<numbers, test::results{3, mr, lanes}>();
}
TEST_CASE("f32 by f16: more filters than a block of them, and some more") {
  test::sweep_windows<numbers, test::results{7, 7, 4 * lanes + 2}>();
}
TEST_CASE("f32 by f16: tiles of lines of two heights") {
  test::sweep_windows<numbers, test::results{mr / 2 + 1, 2, 5}>();
}
TEST_CASE("f32 by f16: one result") {
  test::sweep_windows<numbers, test::results{1, 1, 2 * lanes}>();
}
TEST_CASE("f32 by f16: channels and groups") {
  test::sweep_channels<numbers, test::results{3, 5, lanes + 3}>();
}
TEST_CASE("f32 by f16: every kind of code") { test::sweep_kinds<numbers>(); }
