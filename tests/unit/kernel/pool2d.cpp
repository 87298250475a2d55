// SPDX-License-Identifier: MIT
// Pooling on guarded memory against its definition: channels, windows, padding, NaN.
#include <kiln/core/math.hpp>
#include <kiln/kernel/pool2d.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace conv2d = kiln::kernel::conv2d;
namespace kernel = kiln::kernel;
namespace simd = kiln::simd;
using product_test::guarded;

namespace {

constexpr double eps = std::numeric_limits<float>::epsilon();
constexpr std::size_t lanes = simd::lanes;

struct largest final {
  template <class T>
  static constexpr T initial() {
    return T(-std::numeric_limits<float>::infinity());
  }
  template <class T>
  static constexpr T combine(const T& a, const T& x) {
    return kiln::core::max(a, x);
  }
  template <class T>
  static constexpr T finish(const T& a, const T&) {
    return a;
  }
};

struct average final {
  template <class T>
  static constexpr T initial() {
    return T(0.0F);
  }
  template <class T>
  static constexpr T combine(const T& a, const T& x) {
    return a + x;
  }
  template <class T>
  static constexpr T finish(const T& a, const T& count) {
    return a / count;
  }
};

static_assert(kernel::pooling<largest> && kernel::pooling<average> && !kernel::pooling<float>);

/// Steps of a window along a padded axis.
std::ptrdiff_t steps(std::ptrdiff_t extent, const conv2d::window& w, std::ptrdiff_t after) {
  return (extent + w.before + after - w.taps) / w.stride + 1;
}

/// A dense image with gaps between pixels and rows, on guarded memory.
class pooled final {
 public:
  pooled(const kernel::pool2d_sizes& s, std::ptrdiff_t gap, std::ptrdiff_t channel)
      : s_(s),
        channel_(channel),
        pixel_((s.c - 1) * channel + 1 + gap),
        row_(pixel_ * s.w + gap),
        batch_(row_ * s.h),
        x_(static_cast<std::size_t>((s.b - 1) * batch_ + (s.h - 1) * row_ + (s.w - 1) * pixel_
                                    + (s.c - 1) * channel + 1)),
        y_(static_cast<std::size_t>(s.b * s.out_h * s.out_w * s.c)) {
    product_test::random next(static_cast<std::uint32_t>(s.c));
    for (std::size_t i = 0; i < x_.size(); ++i) x_.data()[i] = next();
  }

  template <class Pooling, conv2d::spacing Spacing>
  void run() {
    const conv2d::image<float, Spacing> x{x_.data(), batch_, row_, pixel_, channel_};
    kernel::pool2d<Pooling>(x, s_, kernel::gemm::plain_store{.c = y_.data(), .row_stride = s_.c});
  }

  [[nodiscard]] float& at(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t c) {
    return x_.data()[b * batch_ + i * row_ + j * pixel_ + c * channel_];
  }
  [[nodiscard]] float result(std::ptrdiff_t b,
                             std::ptrdiff_t i,
                             std::ptrdiff_t j,
                             std::ptrdiff_t c) {
    return y_.data()[((b * s_.out_h + i) * s_.out_w + j) * s_.c + c];
  }

  /// Compares with sums in f64: within one rounding a tap, and the division's; maxima exactly.
  [[nodiscard]] bool is_right(bool average) {
    bool right = true;
    for (std::ptrdiff_t b = 0; b < s_.b; ++b) {
      for (std::ptrdiff_t i = 0; i < s_.out_h; ++i) {
        for (std::ptrdiff_t j = 0; j < s_.out_w; ++j) {
          for (std::ptrdiff_t c = 0; c < s_.c; ++c)
            right = right && element_is_right(average, b, i, j, c);
        }
      }
    }
    return right;
  }

 private:
  bool element_is_right(
      bool average, std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t c) {
    double total = 0;
    double size = 0;
    double most = -std::numeric_limits<double>::infinity();
    int count = 0;
    for (std::ptrdiff_t r = 0; r < s_.down.taps; ++r) {
      for (std::ptrdiff_t q = 0; q < s_.across.taps; ++q) {
        const std::ptrdiff_t h = i * s_.down.stride - s_.down.before + r;
        const std::ptrdiff_t w = j * s_.across.stride - s_.across.before + q;
        if (h < 0 || h >= s_.h || w < 0 || w >= s_.w) continue;
        const double v = at(b, h, w, c);
        total += v;
        size += std::abs(v);
        most = std::max(most, v);
        ++count;
      }
    }
    if (s_.count_include_pad) count = static_cast<int>(s_.down.taps * s_.across.taps);
    const double y = result(b, i, j, c);
    if (!average) return y == most;
    return std::abs(y - total / count) <= (count + 1) * eps * size / count;
  }

  kernel::pool2d_sizes s_;
  std::ptrdiff_t channel_;
  std::ptrdiff_t pixel_;
  std::ptrdiff_t row_;
  std::ptrdiff_t batch_;
  guarded x_;
  guarded y_;
};

kernel::pool2d_sizes sizes_of(std::ptrdiff_t h,
                              std::ptrdiff_t w,
                              std::ptrdiff_t c,
                              conv2d::window down,
                              conv2d::window across) {
  return {.b = 2,
          .h = h,
          .w = w,
          .c = c,
          .out_h = steps(h, down, down.before),
          .out_w = steps(w, across, across.before),
          .down = down,
          .across = across};
}

void check(const kernel::pool2d_sizes& s, std::ptrdiff_t gap) {
  CAPTURE(s.c);
  CAPTURE(s.h);
  CAPTURE(s.w);
  pooled close(s, gap, 1);
  close.run<largest, conv2d::spacing::contiguous>();
  CHECK(close.is_right(false));
  close.run<average, conv2d::spacing::contiguous>();
  CHECK(close.is_right(true));
  pooled apart(s, gap, 2);
  apart.run<average, conv2d::spacing::strided>();
  CHECK(apart.is_right(true));
}

}  // namespace

TEST_CASE("every number of channels") {
  for (std::size_t c = 1; c <= 5 * lanes + 1; ++c) {
    check(sizes_of(5,
                   4,
                   static_cast<std::ptrdiff_t>(c),
                   {.taps = 3, .before = 1},
                   {.taps = 2, .stride = 2}),
          0);
  }
}

TEST_CASE("windows, strides and paddings") {
  const conv2d::window windows[] = {{.taps = 1},
                                    {.taps = 2, .stride = 2},
                                    {.taps = 3, .stride = 1, .before = 1},
                                    {.taps = 3, .stride = 2, .before = 2},
                                    {.taps = 4, .stride = 3, .before = 3},
                                    {.taps = 5, .stride = 1, .before = 4}};
  for (const auto& down : windows) {
    for (const auto& across : windows) {
      for (const std::ptrdiff_t w : {4, 5, 9}) {
        auto s = sizes_of(5, w, 3, down, across);
        check(s, 1);
        s.count_include_pad = true;
        check(s, 0);
      }
    }
  }
}

TEST_CASE("a window over the whole image") {
  check(sizes_of(6, 7, 19, {.taps = 6}, {.taps = 7}), 2);
}

TEST_CASE("padding is no element of a maximum") {
  pooled p(sizes_of(3, 3, 2, {.taps = 3, .before = 1}, {.taps = 3, .before = 1}), 0, 1);
  for (std::ptrdiff_t i = 0; i < 3; ++i) {
    for (std::ptrdiff_t j = 0; j < 3; ++j) p.at(0, i, j, 0) = -5.0F;
  }
  p.run<largest, conv2d::spacing::contiguous>();
  CHECK(p.result(0, 0, 0, 0) == -5.0F);
  CHECK(p.is_right(false));
}

TEST_CASE("not a number stays in its windows and its channel") {
  pooled p(sizes_of(5, 5, 3, {.taps = 2}, {.taps = 2}), 0, 1);
  p.at(0, 2, 2, 1) = NAN;
  for (const bool average_too : {false, true}) {
    if (average_too) {
      p.run<average, conv2d::spacing::contiguous>();
    } else {
      p.run<largest, conv2d::spacing::contiguous>();
    }
    for (std::ptrdiff_t i = 0; i < 4; ++i) {
      for (std::ptrdiff_t j = 0; j < 4; ++j) {
        const bool sees = (i == 1 || i == 2) && (j == 1 || j == 2);
        CHECK(std::isnan(p.result(0, i, j, 1)) == sees);
        CHECK(!std::isnan(p.result(0, i, j, 0)));
        CHECK(!std::isnan(p.result(1, i, j, 1)));
      }
    }
  }
}

TEST_CASE("small elements, side by side and apart") {
  constexpr std::ptrdiff_t c = static_cast<std::ptrdiff_t>(lanes) + 3;
  std::vector<kiln::core::bf16> x(4 * 3 * c);
  product_test::random next(1);
  for (auto& v : x) v = kiln::core::to_bf16(next());
  const auto check = [&](auto image, std::ptrdiff_t channels, std::ptrdiff_t step) {
    std::vector<float> y(static_cast<std::size_t>(channels));
    const kernel::pool2d_sizes s{.b = 1,
                                 .h = 2,
                                 .w = 2,
                                 .c = channels,
                                 .out_h = 1,
                                 .out_w = 1,
                                 .down = {.taps = 2},
                                 .across = {.taps = 2}};
    kernel::pool2d<largest>(
        image, s, kernel::gemm::plain_store{.c = y.data(), .row_stride = channels});
    for (std::ptrdiff_t i = 0; i < channels; ++i) {
      float most = -std::numeric_limits<float>::infinity();
      for (const std::ptrdiff_t pixel : {0, 1, 2, 3}) {
        most = std::max(
            most, kiln::core::to_float(x[static_cast<std::size_t>(pixel * 3 * c + i * step)]));
      }
      CHECK(y[static_cast<std::size_t>(i)] == most);
    }
  };
  using kiln::core::bf16;
  check(conv2d::image<bf16>{x.data(), 0, 6 * c, 3 * c, 1}, c, 1);
  check(conv2d::image<bf16, conv2d::spacing::strided>{x.data(), 0, 6 * c, 3 * c, 3}, c, 3);
}
