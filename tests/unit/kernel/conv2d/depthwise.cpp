// SPDX-License-Identifier: MIT
// Depthwise convolutions on guarded memory: windows, sizes, channels, padding, element types.
#include <kiln/kernel/conv2d/depthwise.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <unit/kernel/conv2d/problem.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;
using conv2d::window;
using conv2d_test::arithmetic;
using conv2d_test::problem;

constexpr conv2d::sizes sizes_of(std::ptrdiff_t out_h,
                                 std::ptrdiff_t out_w,
                                 const window& down,
                                 const window& across,
                                 std::ptrdiff_t after,
                                 std::ptrdiff_t c) {
  return conv2d_test::sizes_of(out_h, out_w, c, c, down, across, after, c);
}

template <conv2d::depthwise_config C, arithmetic X>
void check(const conv2d::sizes& s, std::ptrdiff_t gap, typename problem<X>::x_type pad = {}) {
  CAPTURE(s.h);
  CAPTURE(s.w);
  CAPTURE(s.c);
  problem<X> p(s, gap, pad);
  const auto value = static_cast<float>(conv2d_test::value(pad));
  conv2d::depthwise<C>(p.image(), p.filters(), s, p.epilogue(), value);
  CHECK(p.is_right());
}

/// Every number of channels, every padding, all in the code of one configuration.
template <std::ptrdiff_t OutH, std::ptrdiff_t OutW, window Down, window Across>
void sweep() {
  constexpr auto config = conv2d::configure_depthwise(sizes_of(OutH, OutW, Down, Across, 0, 1));
  for (std::ptrdiff_t c = 1; c <= 2 * static_cast<std::ptrdiff_t>(simd::lanes) + 1; ++c) {
    check<config, arithmetic::f32>(sizes_of(OutH, OutW, Down, Across, 0, c), c % 3);
  }
  for (std::ptrdiff_t down = 0; down <= (Down.taps - 1) * Down.dilation; ++down) {
    for (std::ptrdiff_t across = 0; across <= (Across.taps - 1) * Across.dilation; ++across) {
      for (const std::ptrdiff_t after : {0, 1}) {
        auto s = sizes_of(OutH,
                          OutW,
                          {Down.taps, Down.stride, Down.dilation, down},
                          {Across.taps, Across.stride, Across.dilation, across},
                          after,
                          3);
        if (conv2d::has_depthwise_tiles(s)) check<config, arithmetic::f32>(s, 1);
      }
    }
  }
}

constexpr window two{.taps = 2, .before = 1};
constexpr window three{.taps = 3, .before = 1};
constexpr window halving{.taps = 3, .stride = 2, .before = 1};

static_assert(conv2d::has_depthwise_tiles(sizes_of(7, 7, three, three, 1, 8)));
static_assert(!conv2d::has_depthwise_tiles(sizes_of(7, 7, {.taps = 8}, three, 1, 8)));
static_assert(!conv2d::has_depthwise_tiles(sizes_of(7, 7, {.before = 1}, three, 1, 8)));
static_assert(!conv2d::has_depthwise_tiles({.c = 4, .f = 8, .groups = 4}));
// Channels, images and padding make no other code.
static_assert(conv2d::configure_depthwise(sizes_of(7, 7, three, three, 1, 8))
              == conv2d::configure_depthwise(sizes_of(7, 7, {.taps = 3}, three, 0, 9)));

}  // namespace

// Tiles are written out for each tap of each result: sizes are the smallest that make what is to be
// tested, so that compilers, sanitizers above all, are done within a minute.
TEST_CASE("3x3, one tile and several") {
  sweep<4, 1, three, three>();
  sweep<5, 2, three, three>();
  sweep<1, 1, three, three>();
  sweep<3, 2, halving, halving>();
}

TEST_CASE("tiles of two heights and two widths") {
  constexpr auto both = conv2d::configure_depthwise(sizes_of(5, 9, two, {}, 0, 1));
  static_assert(simd::lanes < 16 || (both.low == 2 && both.narrow == 4));
  sweep<5, 9, two, window{}>();
}

TEST_CASE("other windows") {
  sweep<3, 1, window{.taps = 5, .before = 2}, window{.taps = 5, .before = 2}>();
  sweep<2, 17, window{}, window{.taps = 4, .before = 1}>();
  sweep<5, 2, window{.taps = 4, .stride = 3}, window{.taps = 2, .stride = 1, .dilation = 3}>();
  sweep<4,
        2,
        window{.taps = 3, .dilation = 2, .before = 2},
        window{.taps = 3, .dilation = 2, .before = 2}>();
}

TEST_CASE("small elements") {
  constexpr std::ptrdiff_t c = static_cast<std::ptrdiff_t>(simd::lanes) + 5;
  constexpr auto s = sizes_of(2, 2, three, two, 1, c);
  constexpr auto config = conv2d::configure_depthwise(s);
  check<config, arithmetic::bf16>(s, 1);
  check<config, arithmetic::u8s8>(s, 1);
  check<config, arithmetic::s8s8>(s, 0);
}

TEST_CASE("padding that counts as a number") {
  constexpr std::ptrdiff_t c = static_cast<std::ptrdiff_t>(simd::lanes) + 5;
  constexpr auto lines = sizes_of(2, 1, three, two, 1, c);
  check<conv2d::configure_depthwise(lines, true), arithmetic::u8s8>(lines, 1, 200);
  constexpr auto pixels = sizes_of(1, 2, two, three, 1, c);
  check<conv2d::configure_depthwise(pixels, true), arithmetic::s8s8>(pixels, 0, -7);
}

TEST_CASE("padding contributes nothing, not even times infinity") {
  constexpr auto s = sizes_of(5, 2, three, three, 1, 4);
  problem<arithmetic::f32> p(s);
  for (std::ptrdiff_t c = 0; c < 4; ++c) {
    p.w(0, 1, 0, c) = std::numeric_limits<float>::infinity();
    p.x(0, 0, 0, c) = 1.0F;
  }
  conv2d::depthwise<conv2d::configure_depthwise(s)>(p.image(), p.filters(), s, p.epilogue());
  CHECK(std::isfinite(p.y(0, 0, 0, 1)));
  CHECK(std::isinf(p.y(0, 1, 0, 1)));
}

TEST_CASE("not a number stays in its channel, where the window sees it") {
  constexpr auto s = sizes_of(5, 2, three, three, 0, 5);
  problem<arithmetic::f32> p(s);
  p.x(1, 0, 2, 3) = std::numeric_limits<float>::quiet_NaN();
  conv2d::depthwise<conv2d::configure_depthwise(s)>(p.image(), p.filters(), s, p.epilogue());
  for (std::ptrdiff_t b = 0; b < 2; ++b) {
    for (std::ptrdiff_t i = 0; i < 5; ++i) {
      for (std::ptrdiff_t j = 0; j < 2; ++j) {
        CHECK(std::isnan(p.y(b, i, j, 3)) == (b == 1 && i <= 1 && j >= 1));
        CHECK(!std::isnan(p.y(b, i, j, 2)));
      }
    }
  }
}
