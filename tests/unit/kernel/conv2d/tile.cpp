// SPDX-License-Identifier: MIT
// Register tiles of every height against one chain of multiply-adds.
#include <kiln/kernel/conv2d/tile.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;
using conv2d::reach;
using product_test::guarded;

namespace {

constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
constexpr auto block = conv2d::direct_tile(kiln::core::native);
static_assert(kiln::tensor::fits(block, kiln::core::native));

using image = conv2d::image<>;

// Taps 2 x 3, so far apart that nothing overlaps.
template <std::size_t Packs>
conv2d::tap_block<image> taps(const guarded& x,
                              const guarded& w,
                              std::ptrdiff_t depth,
                              std::ptrdiff_t channels) {
  const std::ptrdiff_t pixel = depth * static_cast<std::ptrdiff_t>(Packs) * lanes;
  return {.x = {x.data(), 0, 40, 11, 1},
          .w = w.data(),
          .w_row = 3 * pixel,
          .w_pixel = pixel,
          .rows = 2,
          .pixels = 3,
          .depth = depth,
          .step = 5,
          .channels = channels};
}

// One chain in the same order gives the same bits.
template <std::size_t Packs>
float chain(const conv2d::tap_block<image>& t, reach sees, std::ptrdiff_t pixel, std::ptrdiff_t f) {
  float sum = 0.5F;
  for (std::ptrdiff_t r = 0; r < t.rows; ++r) {
    for (std::ptrdiff_t s = 0; s < t.pixels; ++s) {
      for (std::ptrdiff_t c = 0; c < t.depth; ++c) {
        const std::ptrdiff_t channel = sees == reach::own ? f : c;
        const float x = t.x.data[r * t.x.row + s * t.x.pixel + pixel * t.step + channel];
        const float w =
            t.w[r * t.w_row + s * t.w_pixel + c * static_cast<std::ptrdiff_t>(Packs) * lanes + f];
        sum = simd::to_array(simd::fma(simd::pack(x), simd::pack(w), simd::pack(sum)))[0];
      }
    }
  }
  return sum;
}

template <std::size_t Packs, reach Sees, class Lanes>
void check(std::ptrdiff_t pixels, std::ptrdiff_t channels, Lanes m) {
  CAPTURE(pixels);
  CAPTURE(channels);
  constexpr std::ptrdiff_t width = static_cast<std::ptrdiff_t>(Packs) * lanes;
  const std::ptrdiff_t depth = Sees == reach::own ? 1 : 4;
  const std::ptrdiff_t seen = Sees == reach::own ? channels : depth;
  guarded x(static_cast<std::size_t>(40 + 2 * 11 + (pixels - 1) * 5 + seen));
  guarded w(static_cast<std::size_t>(6 * depth * width));
  product_test::random next(static_cast<std::uint32_t>(pixels));
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = next();
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] = next();
  std::vector<float> sums(static_cast<std::size_t>(pixels * width), 0.5F);
  const auto t = taps<Packs>(x, w, depth, channels);
  conv2d::accumulate<Packs, Sees>(pixels, t, m, sums.data());
  for (std::ptrdiff_t p = 0; p < pixels; ++p) {
    for (std::ptrdiff_t f = 0; f < channels; ++f) {
      const float sum = sums[static_cast<std::size_t>(p * width + f)];
      CHECK(product_test::same_bits(sum, chain<Packs>(t, Sees, p, f)));
    }
  }
}

}  // namespace

TEST_CASE("tiles of every height, whole and cut") {
  for (std::ptrdiff_t pixels = 1; pixels <= block.mr; ++pixels) {
    check<2, reach::group>(pixels, 2 * lanes, simd::all_lanes{});
    check<2, reach::own>(pixels, 2 * lanes, simd::all_lanes{});
    for (std::ptrdiff_t channels = 1; channels <= lanes; ++channels) {
      const auto m = simd::first(static_cast<std::size_t>(channels));
      check<1, reach::group>(pixels, channels, m);
      check<1, reach::own>(pixels, channels, m);
    }
  }
}

TEST_CASE("no taps change nothing") {
  guarded x(1);
  guarded w(1);
  auto t = taps<1>(x, w, 1, 1);
  t.rows = 0;
  std::vector<float> sums(simd::lanes, 0.25F);
  conv2d::accumulate<1, reach::group>(1, t, simd::first(1), sums.data());
  for (const float v : sums) CHECK(v == 0.25F);
}
