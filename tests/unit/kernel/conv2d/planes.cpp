// SPDX-License-Identifier: MIT
// Planes of an image: every tap of every result is where it is looked for, padding is as asked.
#include <kiln/kernel/conv2d/planes.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/conv2d/problem.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
using conv2d::window;
using kiln::kernel::gemm::arithmetic;

constexpr auto u8s8 = arithmetic::u8s8;
constexpr conv2d::sizes valid = conv2d_test::sizes_of(3, 5, 4, 8, {.taps = 3}, {.taps = 3});
static_assert(conv2d::is_plane(u8s8, valid, conv2d::dense_strides(valid)));
static_assert(!conv2d::is_plane(u8s8, valid, {.batch = 0, .row = 29, .pixel = 4}));
static_assert(!conv2d::is_plane(u8s8, valid, {.batch = 0, .row = 0, .pixel = 4}));
static_assert(!conv2d::is_plane(u8s8, valid, {.batch = 0, .row = 8192, .pixel = 4096}));
constexpr conv2d::sizes padded =
    conv2d_test::sizes_of(3, 5, 4, 8, {.taps = 3, .before = 1}, {.taps = 3});
static_assert(!conv2d::is_plane(u8s8, padded, conv2d::dense_strides(padded)));
constexpr conv2d::sizes strided = conv2d_test::sizes_of(3, 5, 4, 8, {.stride = 2}, {});
static_assert(!conv2d::is_plane(u8s8, strided, conv2d::dense_strides(strided)));

// Lines [first, first + lines) of image 1, tap by tap.
bool taps_are_found(const conv2d::sizes& s, std::ptrdiff_t first, std::ptrdiff_t lines) {
  constexpr std::uint8_t pad = 201;
  conv2d_test::problem<u8s8> p(s, 3, pad);
  const auto l = conv2d::planes_of(u8s8, s);
  conv2d_test::guarded_of<std::byte> planes(static_cast<std::size_t>(l.bytes(lines)));
  conv2d::copy_planes(l, p.image(), s, 1, first, lines, pad, planes.data());
  bool found = true;
  const auto check = [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t r, std::ptrdiff_t q) {
    const std::ptrdiff_t y = s.down.begin(first + i) + r * s.down.dilation;
    const std::ptrdiff_t x = s.across.begin(j) + q * s.across.dilation;
    const std::ptrdiff_t plane = l.down.plane(r) * l.across.planes + l.across.plane(q);
    const std::ptrdiff_t position = (i + l.down.distance(r)) * l.pitch + j + l.across.distance(q);
    const std::byte* at = planes.data() + plane * l.plane_bytes(lines) + position * l.pixel;
    for (std::ptrdiff_t c = 0; c < s.c; ++c) {
      const bool inside = y >= 0 && y < s.h && x >= 0 && x < s.w;
      found = found && static_cast<std::uint8_t>(at[c]) == (inside ? p.x(1, y, x, c) : pad);
    }
  };
  for (std::ptrdiff_t i = 0; i < lines; ++i) {
    for (std::ptrdiff_t j = 0; j < s.out_w; ++j) {
      for (std::ptrdiff_t r = 0; r < s.down.taps; ++r) {
        for (std::ptrdiff_t q = 0; q < s.across.taps; ++q) check(i, j, r, q);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("every tap of every result finds its pixel or padding") {
  constexpr window windows[] = {{},
                                {.taps = 2, .stride = 2},
                                {.taps = 3, .before = 1},
                                {.taps = 3, .stride = 2, .before = 1},
                                {.taps = 3, .dilation = 2, .before = 2},
                                {.taps = 1, .stride = 3},
                                {.taps = 5, .before = 4},
                                {.taps = 3, .stride = 2, .dilation = 2, .before = -1}};
  for (const window& down : windows) {
    for (const window& across : windows) {
      for (const std::ptrdiff_t after : {0, 1}) {
        const auto s = conv2d_test::sizes_of(4, 5, 64 + 3 * after, 1, down, across, after);
        CAPTURE(down.taps);
        CAPTURE(across.taps);
        CHECK(taps_are_found(s, 0, 4));
        CHECK(taps_are_found(s, 1, 2));
      }
    }
  }
}
