// SPDX-License-Identifier: MIT
// Convolutions on AMX tiles: windows, sizes, channels, groups, on guarded memory; the same sums of
// bytes as on vectors. On the hardware where there is some, else interpreted.
#include <kiln/kernel/conv2d/tiled.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#if defined(__x86_64__)

#  include <cstddef>
#  include <cstring>
#  include <support/amx_interpreter.hpp>
#  include <support/tiled_convolutions.hpp>

namespace {

using namespace kiln::test;
using conv2d::window;
using conv2d_test::sizes_of;
using gemm::arithmetic;

constexpr window three{.taps = 3, .before = 1};
constexpr window windows[] = {{},
                              {.taps = 2, .stride = 2},
                              three,
                              {.taps = 3, .stride = 2, .before = 1},
                              {.taps = 3, .dilation = 2, .before = 2},
                              {.taps = 1, .stride = 3},
                              {.taps = 5, .before = 4},
                              {.taps = 3, .stride = 3, .dilation = 2, .before = 1}};

// On the hardware if this process may use it, which takes a thousandth of the time.
bool start() {
  const bool real = kiln::simd::may_use_tiles();
  if (!real) kiln::test::interpret_amx();
  return real;
}

// Every window over every window; lines that end within tiles, fill them, or are less than one.
template <arithmetic X>
void sweep_windows(gemm::a_element<X> pad) {
  const bool all = start();
  constexpr auto code = tiled_code<X, 3>;
  for (const window& down : windows) {
    for (const window& across : windows) {
      if (!all && down.taps * across.taps > 9) continue;
      auto s = sizes_of(3, 7, channels_of(X, 3), 19, down, across, down.taps % 2);
      check_tiled<code, X>(s, 0, pad);
      if (!all) continue;
      s.most_line_bytes = 1;  // line by line
      check_tiled<code, X>(s, 5, pad);
      check_tiled<code, X>(sizes_of(2, 1, channels_of(X, 3, 2), 33, down, across), 0, pad);
      check_tiled<code, X>(sizes_of(2, 33, channels_of(X, 3, 2), 16, down, across, 1), 0, pad);
    }
  }
}

// Filters around the panels, steps of every kind, groups, weights that are fetched ahead, images
// that are read where they are.
template <arithmetic X>
void sweep_channels(gemm::a_element<X> pad) {
  start();
  for (const std::ptrdiff_t f : {1, 16, 17, 32, 33, 64}) {
    const auto s = sizes_of(3, 11, channels_of(X, 16), f, three, three, 1);
    check_tiled<tiled_code<X, 16>, X>(s, 0, pad);
    check_tiled<tiled_code<X, 16, true, gemm::b_source::memory>, X>(s, 1, pad);
  }
  check_tiled<tiled_code<X, 1>, X>(sizes_of(3, 7, channels_of(X, 1), 5, three, three), 0, pad);
  check_tiled<tiled_code<X, 10>, X>(sizes_of(3, 7, channels_of(X, 10, 2), 5, three, three), 0, pad);
  for (const std::ptrdiff_t groups : {2, 3}) {
    const std::ptrdiff_t c = groups * channels_of(X, 3);
    const auto s = sizes_of(3, 7, c, groups * 21, three, three, 1, groups);
    check_tiled<tiled_code<X, 3>, X>(s, 0, pad);
  }
  constexpr window inner{.taps = 3}, wide{.taps = 2, .dilation = 2};
  for (const std::ptrdiff_t w : {1, 5, 17}) {
    check_tiled<tiled_code<X, 16, false>, X>(sizes_of(4, w, channels_of(X, 16), 40, inner, wide));
    check_tiled<tiled_code<X, 16, false>, X>(sizes_of(4, w, channels_of(X, 16), 40, {}, {}));
  }
}

// Lines in stacks: windows of so many channels and taps a row that a step takes `Words` words.
template <arithmetic X, int Words>
void sweep_stacks(int lines, int channels, int taps, gemm::a_element<X> pad) {
  const bool all = start();
  constexpr auto code = stacked_code<X, Words>;
  const window across[] = {{.taps = taps, .before = taps / 2},
                           {.taps = taps, .stride = 2, .before = 1},
                           {.taps = taps, .stride = 3, .before = taps - 1},
                           {.taps = taps}};
  for (const window& over : windows) {
    window down = over;
    if (lines > 1) down.stride = lines;
    if (lines > 1 && down.dilation > 1) continue;
    for (const window& w : across) {
      if (!all && down.taps > 3) continue;
      auto s = sizes_of(4, 11, channels, 19, down, w, down.taps % 2);
      s.stack = kiln::tensor::stack_lines(
          lines, channels, taps, static_cast<std::int64_t>(gemm::neighbours(X)));
      REQUIRE(s.stack.words == Words);
      check_tiled<code, X>(s, 0, pad);
      if (!all) continue;
      s.most_line_bytes = 1;
      check_tiled<code, X>(s, 5, pad);
    }
  }
}

// Bytes on tiles against bytes on vectors.
template <arithmetic X>
bool equals_vectors() {
  constexpr auto s = sizes_of(5, 9, channels_of(X, 8), 35, three, three, 1);
  constexpr auto strides = conv2d::dense_strides(s);
  problem<X> on_tiles(s), on_vectors(s);
  run_tiled<conv2d::configure_tiled(X, s, strides)>(on_tiles);
  constexpr auto config = conv2d::configure_packed(X, s, strides);
  conv2d_test::guarded_of<std::byte> packed(conv2d::packed_bytes(X, s, true));
  conv2d_test::guarded_of<std::byte> lines(conv2d::workspace_bytes(X, s, strides));
  conv2d::pack_filters<X>(on_vectors.filters(), s, packed.data(), true);
  conv2d::convolve<config>(
      on_vectors.image(), packed.data(), s, lines.data(), on_vectors.epilogue());
  bool same = true;
  for (std::ptrdiff_t i = 0; i < 5 * 9; ++i) {
    for (std::ptrdiff_t f = 0; f < s.f; ++f) {
      same = same && on_tiles.y(1, i / 9, i % 9, f) == on_vectors.y(1, i / 9, i % 9, f);
    }
  }
  return same;
}

// One image of a batch alone, with blocks of one line: other tiles, the same bits.
template <arithmetic X>
bool results_keep_their_bits() {
  const auto s = sizes_of(5, 9, channels_of(X, 16, 2), 21, three, three, 1);
  problem<X> together(s), apart(s);
  run_tiled<tiled_code<X, 16>>(together);
  auto lines = s;
  lines.most_line_bytes = 1;
  problem<X> by_line(lines);
  run_tiled<tiled_code<X, 16>>(by_line);
  bool same = true;
  for (std::ptrdiff_t i = 0; i < 2 * 5 * 9; ++i) {
    for (std::ptrdiff_t f = 0; f < s.f; ++f) {
      const auto x = together.y(i / 45, i / 9 % 5, i % 9, f);
      const auto y = by_line.y(i / 45, i / 9 % 5, i % 9, f);
      same = same && std::memcmp(&x, &y, sizeof x) == 0;
    }
  }
  return same;
}

constexpr auto few = sizes_of(3, 7, 20, 19, three, three, 1);
constexpr auto configured =
    conv2d::configure_tiled(arithmetic::bf16, few, conv2d::dense_strides(few));
static_assert(configured.words == 10 && configured.copies == 1 && configured.product.tiled == 1);
static_assert(configured == tiled_code<arithmetic::bf16, 10, true, gemm::b_source::first_cache>);

}  // namespace

TEST_CASE("windows over bytes on tiles are exact") {
  sweep_windows<arithmetic::u8s8>(131);
  sweep_windows<arithmetic::s8s8>(-9);
}
TEST_CASE("windows over bf16 on tiles stay within their bound") {
  sweep_windows<arithmetic::bf16>({});
}
TEST_CASE("channels, filters and groups") {
  sweep_channels<arithmetic::u8s8>(7);
  sweep_channels<arithmetic::bf16>({});
}
TEST_CASE("lines of few channels in stacks") {
  sweep_stacks<arithmetic::u8s8, 6>(1, 3, 7, 131);
  sweep_stacks<arithmetic::u8s8, 6>(4, 2, 3, 131);
  sweep_stacks<arithmetic::s8s8, 11>(2, 3, 7, -9);
  sweep_stacks<arithmetic::u8s8, 11>(1, 22, 4, 7);
  sweep_stacks<arithmetic::u8s8, 11>(1, 21, 4, 7);
  sweep_stacks<arithmetic::bf16, 14>(1, 3, 7, {});
  sweep_stacks<arithmetic::bf16, 14>(1, 14, 4, {});
  sweep_stacks<arithmetic::bf16, 3>(1, 1, 3, {});
}
TEST_CASE("tiles and vectors give the same sums of bytes") {
  start();
  CHECK(equals_vectors<arithmetic::u8s8>());
  CHECK(equals_vectors<arithmetic::s8s8>());
}
TEST_CASE("a result has the same bits in every block of lines") {
  start();
  CHECK(results_keep_their_bits<arithmetic::bf16>());
}
TEST_CASE("what is no number stays where the window sees it") {
  start();
  const auto s = sizes_of(3, 5, channels_of(arithmetic::bf16, 16), 18, three, three, 1);
  problem<arithmetic::bf16> p(s);
  p.x(1, 0, 4, 1) = kiln::core::to_bf16(std::numeric_limits<float>::quiet_NaN());
  run_tiled<tiled_code<arithmetic::bf16, 16>>(p);
  for (std::ptrdiff_t i = 0; i < 2 * 15; ++i) {
    const bool seen = i / 15 == 1 && i % 15 / 5 <= 1 && i % 5 >= 3;
    CHECK(std::isnan(p.y(i / 15, i % 15 / 5, i % 5, 2)) == seen);
  }
}
TEST_CASE("what is no number stays where a stacked window sees it") {
  start();
  constexpr window five{.taps = 5, .stride = 2};
  auto s = sizes_of(3, 5, 3, 18, five, five);
  s.stack = kiln::tensor::stack_lines(1, 3, 5, 2);
  problem<arithmetic::bf16> p(s);
  // The pixel behind the window of (0, 1), which that reads for pixels of three channels only.
  p.x(1, 4, 7, 0) = kiln::core::to_bf16(std::numeric_limits<float>::infinity());
  run_tiled<stacked_code<arithmetic::bf16, 10>>(p);
  for (std::ptrdiff_t i = 0; i < 2 * 15; ++i) {
    const bool seen = i / 15 == 1 && i % 5 >= 2 && i % 5 <= 3;
    CHECK(std::isfinite(p.y(i / 15, i % 15 / 5, i % 5, 2)) == !seen);
  }
}
TEST_CASE("nothing to do") {
  start();
  auto s = sizes_of(3, 5, channels_of(arithmetic::u8s8, 3), 4, three, three, 1);
  s.b = 0;
  conv2d::convolve<tiled_code<arithmetic::u8s8, 3>>(conv2d::image<std::uint8_t>{},
                                                    nullptr,
                                                    s,
                                                    nullptr,
                                                    conv2d_test::keep_sums<arithmetic::u8s8>{});
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
