// SPDX-License-Identifier: MIT
// Lines copied with their padding: every element, and nothing else, at distances that suit caches.
#include <kiln/kernel/conv2d/line_buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unit/kernel/gemm/product.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
using conv2d::window;
using kiln::kernel::gemm::arithmetic;
using product_test::guarded_of;

constexpr conv2d::sizes sizes_of(std::ptrdiff_t c, const window& down, const window& across) {
  return {.b = 2,
          .h = 5,
          .w = 6,
          .c = c,
          .f = 4,
          .out_h = 4,
          .out_w = 3,
          .down = down,
          .across = across};
}
constexpr window same{.taps = 3, .before = 1};

static_assert(conv2d::line_buffer(arithmetic::f32, sizes_of(4, same, same)).width == 5);
static_assert(conv2d::line_buffer(arithmetic::f32, sizes_of(4, same, same)).kept(4) == 6);
// Distances of 4 KiB are avoided: of a pixel, of a row, of what a stride makes of a pixel.
static_assert(conv2d::line_buffer(arithmetic::f32, sizes_of(1024, same, same)).pixel == 4160);
static_assert(
    conv2d::line_buffer(arithmetic::bf16,
                        sizes_of(1024, {.taps = 3, .stride = 2}, {.taps = 3, .stride = 2}))
        .pixel
    == 2112);
constexpr conv2d::sizes wide{.b = 1,
                             .h = 4,
                             .w = 1024,
                             .c = 4,
                             .f = 4,
                             .out_h = 4,
                             .out_w = 1024,
                             .down = same,
                             .across = {}};
static_assert(conv2d::line_buffer(arithmetic::u8s8, wide).row == 4096 + 64);

static_assert(conv2d::needs_copies(arithmetic::f32, sizes_of(4, same, {}), {120, 24, 4}));
static_assert(!conv2d::needs_copies(arithmetic::f32, sizes_of(4, {}, {}), {120, 24, 4}));
static_assert(!conv2d::needs_copies(arithmetic::f32, sizes_of(4, {}, {}), {150, 30, 5}));
static_assert(conv2d::needs_copies(arithmetic::f32, sizes_of(4, {}, {.taps = 3}), {150, 30, 5}));

void check(const conv2d::sizes& s, std::ptrdiff_t gap) {
  const conv2d::line_buffer l(arithmetic::u8s8, s);
  const std::ptrdiff_t pixel = s.c + gap;
  guarded_of<std::uint8_t> x(static_cast<std::size_t>(s.b * s.h * s.w * pixel - gap));
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(i % 199);
  const conv2d::image<std::uint8_t> image{x.data(), s.h * s.w * pixel, s.w * pixel, pixel, 1};
  guarded_of<std::byte> to(l.bytes());
  for (std::ptrdiff_t first = 0; first < s.out_h; first += l.lines) {
    const conv2d::range lines{first, std::min(first + l.lines, s.out_h)};
    conv2d::copy_lines(l, image, s, 1, lines, std::uint8_t{211}, to.data());
    for (std::ptrdiff_t i = 0; i < l.kept(lines.size()); ++i) {
      for (std::ptrdiff_t j = 0; j < l.width; ++j) {
        const std::ptrdiff_t h = s.down.begin(first) + i * (s.down.taps == 1 ? s.down.stride : 1);
        const std::ptrdiff_t v = s.across.begin(0) + j * (s.across.taps == 1 ? s.across.stride : 1);
        const bool inside = h >= 0 && h < s.h && v >= 0 && v < s.w;
        for (std::ptrdiff_t c = 0; c < s.c; ++c) {
          const auto wanted =
              inside ? image.data[image.batch + h * image.row + v * pixel + c] : 211;
          CHECK(std::to_integer<int>(to.data()[i * l.row + j * l.pixel + c]) == wanted);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("every element of the lines, and padding around them") {
  const window windows[] = {{},
                            same,
                            {.taps = 1, .stride = 2},
                            {.taps = 2, .stride = 2},
                            {.taps = 3, .dilation = 2, .before = 3},
                            {.taps = 4, .before = 9}};
  for (const auto& down : windows) {
    for (const auto& across : windows) {
      for (const std::ptrdiff_t gap : {0, 3}) check(sizes_of(5, down, across), gap);
    }
  }
}

TEST_CASE("lines take the share of the cache that the caller grants") {
  conv2d::sizes s{1, 300, 300, 64, 16, 300, 300, same, same};
  for (const std::ptrdiff_t most : {256 * 1024, 512 * 1024, 1024 * 1024}) {
    s.most_line_bytes = most;
    const conv2d::line_buffer l(arithmetic::f32, s);
    CHECK(static_cast<std::ptrdiff_t>(l.bytes()) <= most);
    CHECK(static_cast<std::ptrdiff_t>(l.bytes()) > most / 4);
  }
  s.most_line_bytes = 0;
  CHECK(conv2d::line_buffer(arithmetic::f32, s).tiles == 1);
}
