// SPDX-License-Identifier: MIT
// Which tiles and copies convolutions get, and that equal needs are equal code.
#include <kiln/kernel/conv2d/packed_config.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace {

namespace conv2d = kiln::kernel::conv2d;
using conv2d::window;
using kiln::kernel::gemm::arithmetic;

constexpr window one{};
constexpr window three{.taps = 3, .before = 1};

constexpr conv2d::sizes square(int size, int c, int f, const window& w) {
  const auto out = (size + 2 * w.before - w.taps) / w.stride + 1;
  return {.b = 1,
          .h = size,
          .w = size,
          .c = c,
          .f = f,
          .out_h = out,
          .out_w = out,
          .down = w,
          .across = w};
}
constexpr auto configured(const conv2d::sizes& s, arithmetic x = arithmetic::f32) {
  return conv2d::configure_packed(x, s, conv2d::dense_strides(s));
}
constexpr auto workspace(const conv2d::sizes& s) {
  return conv2d::workspace_bytes(arithmetic::f32, s, conv2d::dense_strides(s));
}

static_assert(configured(square(28, 64, 256, one)).plain == 1);
static_assert(configured(square(14, 64, 256, one)).copies == 0);
static_assert(configured(square(56, 64, 256, one)).copies == 0);
static_assert(workspace(square(56, 64, 256, one)) == 0);
static_assert(configured(square(56, 64, 64, three)).copies == 1);
static_assert(workspace(square(56, 64, 64, three)) > 0);
static_assert(configured(square(56, 64, 64, {.taps = 3})).copies == 0);
static_assert(workspace(square(56, 64, 64, {.taps = 3})) == 0);
static_assert(configured(square(56, 64, 64, {.stride = 2})).copies == 0);
static_assert(configured(square(14, 1024, 64, {.stride = 2})).copies == 1);

// The number of images and channels makes no other code.
static_assert(configured(square(14, 256, 256, three)) == configured(square(14, 240, 256, three)));

constexpr bool covers(int size, int f) {
  const auto c = configured(square(size, 64, f, three));
  const kiln::tensor::row_split lines(size, c.lines_high);
  const kiln::tensor::row_split pixels(size, c.pixels_high);
  const bool right_lines =
      lines.height(lines.tiles - 1) == (c.lines_low != 0 ? c.lines_low : c.lines_high);
  const bool right_pixels =
      pixels.height(pixels.tiles - 1) == (c.pixels_low != 0 ? c.pixels_low : c.pixels_high);
  return right_lines && right_pixels && c.lines_high * c.pixels_high <= c.product.block.mr;
}
constexpr bool covers_all() {
  for (int size = 1; size < 64; ++size) {
    if (!covers(size, 64)) return false;
  }
  return true;
}
static_assert(covers_all());

}  // namespace

TEST_CASE("a small image fills a tile from several lines") {
  const auto c = configured(square(7, 512, 512, three));
  const int most = kiln::tensor::tallest_tile(kiln::core::native).mr;
  CHECK(c.lines_high == std::max(1, most / 7));
  CHECK(c.pixels_high == kiln::tensor::row_split(7, most).height(0));
}

TEST_CASE("the rest of a run is expected only where there is one") {
  CHECK(
      configured(square(9, 6, 16, {.taps = 3, .dilation = 2}), arithmetic::u8s8).product.depth_tail
      == 1);
  CHECK(
      configured(square(9, 8, 16, {.taps = 3, .dilation = 2}), arithmetic::u8s8).product.depth_tail
      == 0);
}
