// SPDX-License-Identifier: MIT
// Convolutions with packed filters on guarded memory: every window, size, tail and number type.
#include <kiln/kernel/conv2d/convolve.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <support/convolution_sweep.hpp>
#include <unit/kernel/conv2d/problem.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using conv2d::window;
using conv2d_test::problem;
using conv2d_test::sizes_of;
using gemm::arithmetic;

constexpr std::ptrdiff_t filters = static_cast<std::ptrdiff_t>(simd::lanes) + 3;

template <conv2d::packed_config C, arithmetic X>
void run(problem<X>& p, bool compensated = false) {
  const conv2d::sizes& s = p.sizes();
  conv2d_test::guarded_of<std::byte> packed(conv2d::packed_bytes(X, s, compensated));
  conv2d_test::guarded_of<std::byte> workspace(conv2d::line_buffer(X, s).bytes());
  conv2d::pack_filters<X>(p.filters(), s, packed.data(), compensated);
  conv2d::convolve<C>(p.image(), packed.data(), s, workspace.data(), p.epilogue(), p.pad());
}

/// The code that any convolution with such tiles may use: it expects every tail and every run.
template <arithmetic X, bool Copies = true>
constexpr conv2d::packed_config for_all(const conv2d::sizes& s, bool compensated = false) {
  const auto c = conv2d::configure_packed(X, s, conv2d::dense_strides(s), compensated);
  return {.product = {.block = {.mr = c.product.block.mr, .nv = c.product.block.nv},
                      .form = c.product.form,
                      .full_columns = c.product.full_columns,
                      .tail_packs = c.product.tail_packs,
                      .tail_masked = c.product.tail_masked,
                      .source = gemm::b_source::second_cache,
                      .numbers = X,
                      .depth_tail = 1,
                      .compensated = compensated ? 1 : 0},
          .copies = Copies ? 1 : 0,
          .taps = 1,
          .lines_high = c.lines_high,
          .lines_low = c.lines_low,
          .pixels_high = c.pixels_high,
          .pixels_low = c.pixels_low};
}

/// Sizes of 3 x 5 results: with 14 rows a tile has two lines.
constexpr conv2d::sizes three_by_five{.b = 2,
                                      .h = 5,
                                      .w = 7,
                                      .c = 3,
                                      .f = filters,
                                      .out_h = 3,
                                      .out_w = 5,
                                      .down = {.taps = 3},
                                      .across = {.taps = 3}};

template <arithmetic X>
void sweep_windows(gemm::a_element<X> pad) {
  for (const auto& down : kiln::test::windows) {
    for (const auto& across : kiln::test::windows) {
      for (const std::ptrdiff_t c : {1, 3, 6}) {
        for (const std::ptrdiff_t after : {0, 1}) {
          const auto s = sizes_of(3, 5, c, filters, down, across, after);
          CAPTURE(down.taps);
          CAPTURE(across.taps);
          CAPTURE(c);
          problem<X> dense(s, 0, pad);
          run<for_all<X>(three_by_five)>(dense);
          CHECK(dense.is_right());
          problem<X> apart(s, 2, pad);
          run<for_all<X>(three_by_five)>(apart);
          CHECK(apart.is_right());
        }
      }
    }
  }
}

/// Exactly the code that a convolution asks for.
template <arithmetic X, conv2d::sizes S, std::ptrdiff_t Gap = 0>
void check() {
  constexpr conv2d::image_strides strides{
      .batch = S.h * (S.w * (S.c + Gap) + Gap), .row = S.w * (S.c + Gap) + Gap, .pixel = S.c + Gap};
  constexpr auto config = conv2d::configure_packed(X, S, strides);
  problem<X> p(S, Gap);
  run<config>(p);
  CAPTURE(S.out_w);
  CAPTURE(S.f);
  CHECK(p.is_right());
}

constexpr window one{};
constexpr window three{.taps = 3, .before = 1};
constexpr window every_other{.stride = 2};

}  // namespace

TEST_CASE("every window over every window, f32") { sweep_windows<arithmetic::f32>(0.0F); }
TEST_CASE("every window over every window, bf16") {
  sweep_windows<arithmetic::bf16>(kiln::core::to_bf16(0.0F));
}
TEST_CASE("every window over every window, int8") {
  sweep_windows<arithmetic::u8s8>(0);
  sweep_windows<arithmetic::u8s8>(131);
}

TEST_CASE("images that tiles may read themselves") {
  constexpr auto config = for_all<arithmetic::f32, false>(three_by_five);
  for (const auto& down : kiln::test::windows) {
    for (const auto& across : kiln::test::windows) {
      if (down.before != 0 || across.before != 0) continue;
      for (const std::ptrdiff_t c : {1, 5}) {
        problem<arithmetic::f32> p(sizes_of(3, 5, c, filters, down, across));
        run<config>(p);
        CHECK(p.is_right());
      }
    }
  }
}

TEST_CASE("groups") {
  for (const std::ptrdiff_t groups : {2, 3}) {
    for (const std::ptrdiff_t c : {1, 5}) {
      const auto s = sizes_of(3, 5, groups * c, groups * filters, three, three, 1, groups);
      problem<arithmetic::f32> p(s);
      run<for_all<arithmetic::f32>(three_by_five)>(p);
      CHECK(p.is_right());
      problem<arithmetic::u8s8> q(s);
      run<for_all<arithmetic::u8s8>(three_by_five)>(q);
      CHECK(q.is_right());
    }
  }
}

TEST_CASE("s8 images: shifted in the step, taken back by the filters' sums") {
  constexpr auto config = for_all<arithmetic::s8s8>(three_by_five, true);
  for (const std::ptrdiff_t groups : {1, 2}) {
    problem<arithmetic::s8s8> p(
        sizes_of(3, 5, 5 * groups, groups * filters, three, three, 1, groups), 0, 9);
    run<config>(p, true);
    CHECK(p.is_right());
  }
}

TEST_CASE("sizes of images and numbers of filters") {
  constexpr arithmetic f32 = arithmetic::f32;
  constexpr std::ptrdiff_t lanes = simd::lanes;
  check<f32, conv2d::sizes{2, 3, 1, 2, 1, 3, 1, three, three}>();
  check<f32, conv2d::sizes{2, 5, 2, 2, 3 * lanes, 5, 2, three, three}>();
  check<f32, conv2d::sizes{1, 11, 3, 4, 2 * lanes, 11, 3, three, three}>();
  check<f32, conv2d::sizes{1, 7, 7, 5, 2 * lanes + 1, 7, 7, three, three}>();
  check<f32, conv2d::sizes{1, 2, 17, 5, 4 * lanes + 2, 2, 17, three, three}>();
  check<f32, conv2d::sizes{2, 3, 29, 3, lanes, 3, 29, one, three}>();
}

TEST_CASE("1x1 without gaps is a product of all pixels") {
  constexpr arithmetic f32 = arithmetic::f32;
  constexpr conv2d::sizes s{2, 3, 5, 7, 19, 3, 5, one, one};
  static_assert(conv2d::configure_packed(f32, s, conv2d::dense_strides(s)).plain == 1);
  check<f32, s>();
  check<f32, s, 3>();
  check<arithmetic::u8s8, s>();
  check<f32,
        conv2d::sizes{1, 2, 6, 1024, 64, 2, 6, one, one}>();  // pixels crowd a set of the cache
  check<f32,
        conv2d::sizes{1, 3, 6, 1024, 8, 2, 3, every_other, every_other}>();  // so they do, and some
                                                                             // are left out
}

TEST_CASE("more lines than the workspace takes at once") {
  constexpr conv2d::sizes s{1, 60, 40, 130, 3, 60, 40, three, three};
  static_assert(conv2d::line_buffer(arithmetic::f32, s).lines < s.out_h);
  check<arithmetic::f32, s>();
}

TEST_CASE("an image that passes by only once") {
  constexpr std::ptrdiff_t mr = kiln::tensor::tallest_tile(kiln::core::native).mr;
  constexpr conv2d::sizes s{1, 50, 4 * mr, 3000 / mr, 20, 50, 4 * mr, one, one};
  static_assert(conv2d::configure_packed(arithmetic::f32, s, conv2d::dense_strides(s)).plain == 0);
  check<arithmetic::f32, s>();
}

TEST_CASE("nothing to do") {
  for (int which = 0; which < 4; ++which) {
    auto s = sizes_of(3, 5, 3, filters, three, three, 1);
    if (which == 0) s.b = 0;
    if (which == 1) s.out_h = 0;
    if (which == 2) s.out_w = 0;
    if (which == 3) s.f = 0;
    conv2d::convolve<for_all<arithmetic::f32>(three_by_five)>(
        conv2d::image<float>{}, nullptr, s, nullptr, conv2d_test::keep_sums<arithmetic::f32>{});
  }
}

TEST_CASE("not a number stays where the window sees it") {
  const auto s = sizes_of(3, 5, 3, filters, three, three, 1);
  problem<arithmetic::f32> p(s);
  p.x(1, 0, 4, 1) = std::numeric_limits<float>::quiet_NaN();
  run<for_all<arithmetic::f32>(three_by_five)>(p);
  for (std::ptrdiff_t b = 0; b < 2; ++b) {
    for (std::ptrdiff_t i = 0; i < 3; ++i) {
      for (std::ptrdiff_t j = 0; j < 5; ++j) {
        CHECK(std::isnan(p.y(b, i, j, 2)) == (b == 1 && i <= 1 && j >= 3));
      }
    }
  }
}
