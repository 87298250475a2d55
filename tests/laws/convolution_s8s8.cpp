// SPDX-License-Identifier: MIT
// Convolutions of s8 by s8: exact for every window, size and number of channels.
#include <support/convolution_sweep.hpp>

namespace test = kiln::test;
constexpr auto numbers = test::arithmetic::s8s8;
constexpr auto lanes = static_cast<std::ptrdiff_t>(kiln::simd::lanes);
constexpr std::ptrdiff_t mr = kiln::tensor::tallest_tile(kiln::core::native).mr;

TEST_CASE("s8 by s8: lines that share a tile") {
  test::sweep_windows<numbers, test::results{3, 5, lanes + 3}>(-9);
}
TEST_CASE("s8 by s8: lines of two widths of tiles") {
  test::sweep_windows<numbers, test::results{2, mr + 2, 1}>(-9);
}
TEST_CASE("s8 by s8: one line in a tile, several tiles, filters without a rest") {
  test::sweep_windows<numbers, test::results{3, mr, lanes}>(-9);
}
TEST_CASE("s8 by s8: more filters than a block of them, and some more") {
  test::sweep_windows<numbers, test::results{7, 7, 4 * lanes + 2}>(-9);
}
TEST_CASE("s8 by s8: tiles of lines of two heights") {
  test::sweep_windows<numbers, test::results{mr / 2 + 1, 2, 5}>(-9);
}
TEST_CASE("s8 by s8: one result") {
  test::sweep_windows<numbers, test::results{1, 1, 2 * lanes}>(-9);
}
TEST_CASE("s8 by s8: channels and groups") {
  test::sweep_channels<numbers, test::results{3, 5, lanes + 3}>(-9);
}
TEST_CASE("s8 by s8: every kind of code") { test::sweep_kinds<numbers>(); }
