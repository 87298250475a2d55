// SPDX-License-Identifier: MIT
// Which element of a tile meets which weight, and one tile against one chain of multiply-adds.
#include <kiln/kernel/conv2d/depthwise_tile.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/conv2d/problem.hpp>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;
using conv2d_test::arithmetic;
using conv2d_test::guarded_of;
using product_test::same_bits;

constexpr conv2d::depthwise_axis two{.steps = 4, .taps = 3, .stride = 2, .dilation = 1};
static_assert(two.extent() == 9);
static_assert(two.step_at(0, 0) == 0 && two.step_at(0, 1) == -1 && two.step_at(2, 2) == 0);
static_assert(two.step_at(8, 2) == 3 && two.step_at(8, 0) == -1);
static_assert(two.may_be_outside(1) && !two.may_be_outside(2) && two.may_be_outside(7));
constexpr conv2d::depthwise_axis apart{.steps = 3, .taps = 2, .stride = 1, .dilation = 3};
static_assert(apart.extent() == 6 && apart.step_at(3, 1) == 0 && apart.step_at(5, 1) == 2);

}  // namespace

TEST_CASE("a tile is one chain of multiply-adds for each result") {
  constexpr conv2d::depthwise_shape shape{
      .down = {.steps = 2, .taps = 3, .stride = 1, .dilation = 1},
      .across = {.steps = 3, .taps = 2, .stride = 2, .dilation = 1}};
  constexpr auto channels = static_cast<std::ptrdiff_t>(2 * simd::lanes + 1);
  constexpr std::ptrdiff_t rows = shape.down.extent();
  constexpr std::ptrdiff_t columns = shape.across.extent();
  guarded_of<float> x(static_cast<std::size_t>(rows * columns * channels));
  guarded_of<float> w(static_cast<std::size_t>(6 * channels));
  guarded_of<float> y(static_cast<std::size_t>(6 * channels));
  guarded_of<float> more(static_cast<std::size_t>(channels));
  product_test::random next(1);
  for (auto* some : {&x, &w, &more}) {
    for (std::size_t i = 0; i < some->size(); ++i) some->data()[i] = next();
  }
  const conv2d::range inside{1, columns - 1};
  conv2d::depthwise_tile<shape>(
      conv2d::depthwise_place<float, float>{.x = x.data(),
                                            .x_row = columns * channels,
                                            .x_pixel = channels,
                                            .w = w.data(),
                                            .w_row = 2 * channels,
                                            .w_pixel = channels,
                                            .rows = {0, rows - 1},
                                            .columns = inside,
                                            .pad = 0,
                                            .row = 0,
                                            .row_step = 3,
                                            .channels = static_cast<std::size_t>(channels)},
      conv2d_test::keep_sums<arithmetic::f32>{y.data(), channels, more.data()});
  for (std::ptrdiff_t i = 0; i < 2; ++i) {
    for (std::ptrdiff_t j = 0; j < 3; ++j) {
      for (std::ptrdiff_t c = 0; c < channels; ++c) {
        float sum = more.data()[c];
        for (std::ptrdiff_t r = 0; r < 3 && i + r < rows - 1; ++r) {
          for (std::ptrdiff_t s = 0; s < 2; ++s) {
            const std::ptrdiff_t column = 2 * j + s;
            if (column < inside.first || column >= inside.last) continue;
            const simd::pack a(x.data()[((i + r) * columns + column) * channels + c]);
            const simd::pack b(w.data()[(r * 2 + s) * channels + c]);
            sum = simd::to_array(simd::fma(a, b, simd::pack(sum)))[0];
          }
        }
        CHECK(same_bits(y.data()[(i * 3 + j) * channels + c], sum));
      }
    }
  }
}
