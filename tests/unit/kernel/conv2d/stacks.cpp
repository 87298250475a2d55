// SPDX-License-Identifier: MIT
// Lines in stacks: every tap of every result is where its weight expects it.
#include <kiln/kernel/conv2d/stacks.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/conv2d/problem.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
using conv2d::window;
using kiln::kernel::gemm::arithmetic;

constexpr auto u8s8 = arithmetic::u8s8;
constexpr window seven{.taps = 7, .stride = 2, .before = 3};
constexpr window five{.taps = 5, .before = 2};
constexpr window three{.taps = 3, .stride = 3};
constexpr window distant{.taps = 3, .dilation = 2, .before = 1};

// Lines [first, first + lines) of image 1, tap by tap.
bool taps_are_found(const conv2d::sizes& s, int gap, std::ptrdiff_t first, std::ptrdiff_t lines) {
  constexpr std::uint8_t pad = 201;
  conv2d_test::problem<u8s8> p(s, gap, pad);
  const auto l = conv2d::planes_of(u8s8, s);
  conv2d_test::guarded_of<std::byte> planes(static_cast<std::size_t>(l.bytes(lines)));
  conv2d::copy_stacks(l, p.image(), s, 1, first, lines, pad, planes.data());
  bool found = true;
  const auto check = [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t r, std::ptrdiff_t k) {
    const conv2d::tap_at tap = conv2d::merged_tap(s, r * s.stack.lines, k);
    if (tap.channel < 0) return;
    const std::ptrdiff_t y = s.down.begin(first + i) + tap.row * s.down.dilation;
    const std::ptrdiff_t x = s.across.begin(j) + tap.pixel;
    const std::ptrdiff_t at = l.down.plane(r) * l.plane_bytes(lines)
                              + ((i + l.down.distance(r)) * l.pitch + j) * l.pixel + k;
    const bool inside = y >= 0 && y < s.h && x >= 0 && x < s.w;
    const std::uint8_t wanted = inside ? p.x(1, y, x, tap.channel) : pad;
    found = found && static_cast<std::uint8_t>(planes.data()[at]) == wanted;
  };
  for (std::ptrdiff_t i = 0; i < lines; ++i) {
    for (std::ptrdiff_t j = 0; j < s.out_w; ++j) {
      for (std::ptrdiff_t r = 0; r < s.stack.rows(s.down.taps); ++r) {
        for (std::ptrdiff_t k = 0; k < s.stack.run; ++k) check(i, j, r, k);
      }
    }
  }
  return found;
}

void check_stacks(int lines, int channels, const window& down, const window& across) {
  CAPTURE(lines);
  CAPTURE(channels);
  for (const std::ptrdiff_t after : {0, 2}) {
    auto s = conv2d_test::sizes_of(5, 12, channels, 3, down, across, after);
    s.stack = kiln::tensor::stack_lines(lines, channels, across.taps, 4);
    CHECK(taps_are_found(s, 0, 0, 5));
    CHECK(taps_are_found(s, 3, 0, 2));
    CHECK(taps_are_found(s, 0, 3, 2));
  }
}

#if defined(__x86_64__)
// A first layer of bytes takes two lines at once, one of bf16 fills pixels up.
constexpr auto first = conv2d_test::sizes_of(28, 28, 3, 64, seven, seven, 3);
static_assert(!kiln::core::native.tiles
              || conv2d::stack_of(u8s8, first) == kiln::tensor::stack_lines(2, 3, 7, 4));
static_assert(!kiln::core::native.tiles
              || conv2d::stack_of(arithmetic::bf16, first)
                     == kiln::tensor::stack_lines(1, 3, 7, 2));
#endif
static_assert(conv2d::stack_of(arithmetic::f32, conv2d_test::sizes_of(9, 9, 3, 8, five, five))
              == kiln::tensor::line_stack{});

}  // namespace

TEST_CASE("every tap of every result finds its pixel or padding") {
  check_stacks(1, 3, seven, seven);
  check_stacks(2, 3, seven, seven);
  check_stacks(3, 1, three, five);
  check_stacks(1, 6, three, three);
  check_stacks(1, 2, distant, five);
  check_stacks(2, 20, {.taps = 2, .stride = 2, .before = -1}, {.taps = 3, .before = -2});
}
