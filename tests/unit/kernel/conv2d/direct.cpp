// SPDX-License-Identifier: MIT
// Convolutions on guarded memory against sums in f64: sizes, strides, padding, groups, slices.
#include <kiln/kernel/conv2d/direct.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <unit/kernel/gemm/product.hpp>

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;
using conv2d::spacing;
using conv2d::window;
using product_test::guarded;

namespace {

constexpr double eps = std::numeric_limits<float>::epsilon();
constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);

conv2d::sizes sizes_of(std::ptrdiff_t h,
                       std::ptrdiff_t w,
                       std::ptrdiff_t c,
                       std::ptrdiff_t f,
                       window down,
                       window across,
                       std::ptrdiff_t groups = 1,
                       std::ptrdiff_t after = 0) {
  const auto steps = [after](std::ptrdiff_t extent, const window& v) {
    return (extent + v.before + after - (v.taps - 1) * v.dilation - 1) / v.stride + 1;
  };
  return {.b = 2,
          .h = h,
          .w = w,
          .c = c,
          .f = f,
          .out_h = steps(h, down),
          .out_w = steps(w, across),
          .down = down,
          .across = across,
          .groups = groups};
}

/// How far apart elements lie beyond what is needed.
struct gaps final {
  std::ptrdiff_t pixel = 0;
  std::ptrdiff_t row = 0;
  std::ptrdiff_t batch = 0;
  std::ptrdiff_t channel = 1;  // stride of the channels
  std::ptrdiff_t output = 1;   // stride of the filters
};

/// An image, filters, bias and results, each on guarded memory.
class convolution final {
 public:
  explicit convolution(const conv2d::sizes& s, const gaps& g = {})
      : s_(s),
        g_(g),
        pixel_((s.c - 1) * g.channel + 1 + g.pixel),
        row_(pixel_ * s.w + g.row),
        batch_(row_ * s.h + g.batch),
        w_channel_((s.f - 1) * g.output + 1),
        depth_(s.c / s.groups),
        x_(elems((s.b - 1) * batch_ + (s.h - 1) * row_ + (s.w - 1) * pixel_ + (s.c - 1) * g.channel
                 + 1)),
        w_(elems(s.down.taps * s.across.taps * depth_ * w_channel_)),
        bias_(elems(s.f)),
        y_(elems(s.b * s.out_h * s.out_w * s.f)) {
    product_test::random next(static_cast<std::uint32_t>(s.c + 7 * s.f));
    for (std::size_t i = 0; i < x_.size(); ++i) x_.data()[i] = next();
    for (std::size_t i = 0; i < w_.size(); ++i) w_.data()[i] = next();
    for (std::size_t i = 0; i < bias_.size(); ++i) bias_.data()[i] = next();
  }

  template <spacing Channels = spacing::contiguous, spacing Outputs = spacing::contiguous>
  void run() {
    const conv2d::image<float, Channels> x{x_.data(), batch_, row_, pixel_, g_.channel};
    const conv2d::filters<float, Outputs> w{w_.data(),
                                            s_.across.taps * depth_ * w_channel_,
                                            depth_ * w_channel_,
                                            w_channel_,
                                            g_.output};
    conv2d::direct(x, w, s_, product_test::bias_relu{y_.data(), s_.f, bias_.data()});
  }

  [[nodiscard]] float& x(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t c) {
    return x_.data()[b * batch_ + i * row_ + j * pixel_ + c * g_.channel];
  }
  [[nodiscard]] float& w(std::ptrdiff_t r, std::ptrdiff_t q, std::ptrdiff_t c, std::ptrdiff_t f) {
    return w_.data()[((r * s_.across.taps + q) * depth_ + c) * w_channel_ + f * g_.output];
  }
  [[nodiscard]] float y(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t f) {
    return y_.data()[((b * s_.out_h + i) * s_.out_w + j) * s_.f + f];
  }
  void fill_weights(float v) {
    for (std::size_t i = 0; i < w_.size(); ++i) w_.data()[i] = v;
  }

  [[nodiscard]] bool is_right() {
    bool right = true;
    for (std::ptrdiff_t b = 0; b < s_.b; ++b) {
      for (std::ptrdiff_t i = 0; i < s_.out_h; ++i) {
        for (std::ptrdiff_t j = 0; j < s_.out_w; ++j) {
          for (std::ptrdiff_t f = 0; f < s_.f; ++f) right = right && element_is_right(b, i, j, f);
        }
      }
    }
    return right;
  }

 private:
  static std::size_t elems(std::ptrdiff_t n) { return static_cast<std::size_t>(n); }

  // A rounding a tap (two without a multiply-add instruction), and those of bias and result.
  bool element_is_right(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t f) {
    double sum = 0;
    double size = 0;
    double taps = 0;
    const std::ptrdiff_t group = f / (s_.f / s_.groups);
    for (std::ptrdiff_t r = 0; r < s_.down.taps; ++r) {
      for (std::ptrdiff_t q = 0; q < s_.across.taps; ++q) {
        const std::ptrdiff_t h = s_.down.begin(i) + r * s_.down.dilation;
        const std::ptrdiff_t v = s_.across.begin(j) + q * s_.across.dilation;
        if (h < 0 || h >= s_.h || v < 0 || v >= s_.w) continue;
        for (std::ptrdiff_t c = 0; c < depth_; ++c, ++taps) {
          const double term = double{x(b, h, v, group * depth_ + c)} * double{w(r, q, c, f)};
          sum += term;
          size += std::abs(term);
        }
      }
    }
    const double expected = std::max(0.0, sum + double{bias_.data()[f]});
    const double bound = eps * (taps * size + std::abs(expected)) + 1e-37;
    return std::abs(double{y(b, i, j, f)} - expected) <= bound;
  }

  conv2d::sizes s_;
  gaps g_;
  std::ptrdiff_t pixel_;
  std::ptrdiff_t row_;
  std::ptrdiff_t batch_;
  std::ptrdiff_t w_channel_;
  std::ptrdiff_t depth_;
  guarded x_;
  guarded w_;
  guarded bias_;
  guarded y_;
};

void check(const conv2d::sizes& s, const gaps& g = {}) {
  CAPTURE(s.h);
  CAPTURE(s.w);
  CAPTURE(s.c);
  CAPTURE(s.f);
  CAPTURE(s.out_w);
  CAPTURE(s.groups);
  convolution some(s, g);
  if (g.channel == 1 && g.output == 1) {
    some.run();
  } else {
    some.run<spacing::strided, spacing::strided>();
  }
  CHECK(some.is_right());
}

constexpr window three{.taps = 3, .before = 1};

}  // namespace

TEST_CASE("every number of filters") {
  for (std::ptrdiff_t f = 1; f <= 4 * lanes + 1; ++f) {
    check(sizes_of(3, 5, 2, f, three, three, 1, 1));
    check(sizes_of(3, 2, 3, f, {}, {}));
  }
}

TEST_CASE("every width of a row") {
  for (std::ptrdiff_t w = 1; w <= 20; ++w) {
    check(sizes_of(2, w, 3, 5, {}, three, 1, 1));
    check(sizes_of(2, w, 4, lanes, {}, {}));
    check(sizes_of(2, w, 4, 4, {}, three, 4, 1));
  }
}

TEST_CASE("windows, strides, paddings and dilations") {
  const window windows[] = {{},
                            {.taps = 2, .stride = 2},
                            three,
                            {.taps = 3, .stride = 2, .before = 1},
                            {.taps = 3, .dilation = 2, .before = 2},
                            {.taps = 2, .stride = 3, .dilation = 3, .before = 3},
                            {.taps = 5, .before = 4}};
  for (const auto& down : windows) {
    for (const auto& across : windows) {
      for (const std::ptrdiff_t w : {5, 9}) {
        for (const std::ptrdiff_t after : {0, 2}) {
          check(sizes_of(6, w, 3, 4, down, across, 1, after), {.pixel = 1, .row = 2});
          check(sizes_of(6, w, 6, 6, down, across, 6, after), {.pixel = 0, .row = 1});
        }
      }
    }
  }
}

TEST_CASE("every number of depthwise channels") {
  for (std::ptrdiff_t c = 1; c <= 4 * lanes + 1; ++c) {
    check(sizes_of(4, 5, c, c, three, three, c, 1));
    check(sizes_of(4, 5, c, c, three, three, c, 1), {.channel = 3, .output = 2});
  }
}

TEST_CASE("groups of any shape") {
  check(sizes_of(4, 5, 8, 12, three, three, 4, 1));
  check(sizes_of(4, 5, 6, 6 * lanes + 6, three, three, 2, 1));
  check(sizes_of(4, 5, 3, 6, three, three, 3, 1));  // two filters a channel
  check(sizes_of(4, 5, 6, 3, three, three, 3, 1));
  check(sizes_of(4, 5, 12, 2 * lanes, {}, {}, 2));
}

TEST_CASE("channels and filters apart, pixels side by side or not") {
  for (const std::ptrdiff_t f : {std::ptrdiff_t{3}, lanes, 2 * lanes + 1}) {
    check(sizes_of(4, 6, 5, f, three, three, 1, 1), {.channel = 2, .output = 3});
    check(sizes_of(4, 6, 5, f, {}, {}), {.pixel = 2});
    check(sizes_of(4, 6, 5, f, {}, {}), {.pixel = 0, .row = 3});
    check(sizes_of(4, 6, 5, f, {}, {}), {.pixel = 0, .row = 0, .batch = 7});
  }
}

TEST_CASE("more weights than the near buffer holds") {
  const window across[] = {{}, three, {.taps = 7, .before = 3}};
  for (const auto& w : across) {
    for (const std::ptrdiff_t c : {40, 170, 700, 1400}) {
      check(sizes_of(3, 9, c, 5, three, w, 1, 1));
      check(sizes_of(3, 9, c, 2 * lanes, {}, w, 1, w.before));
    }
  }
  constexpr std::ptrdiff_t taps = 700;
  check(sizes_of(1, taps + 30, 3, 3, {}, {.taps = taps, .before = 11}, 3));
  check(sizes_of(1, taps + 30, 2 * lanes, 2 * lanes, {}, {.taps = taps, .before = 11}, 2 * lanes));
}

TEST_CASE("no images, no results, no channels, nothing but padding") {
  auto none = sizes_of(4, 4, 3, 5, three, three, 1, 1);
  none.b = 0;
  none.out_w = 0;
  convolution(none, {}).run();
  auto empty = sizes_of(4, 4, 3, 5, three, three, 1, 1);
  empty.out_w = 0;
  convolution(empty, {}).run();
  empty.out_w = 4;
  empty.out_h = 0;
  convolution(empty, {}).run();
  check(sizes_of(3, 3, 0, 5, three, three, 1, 1));
  check(sizes_of(1, 1, 1, 5, {.before = 3}, {.dilation = 2, .before = 2}, 1, 4));
}

TEST_CASE("a slice of an image: the window begins inside") {
  // Rows 2 to 5 of an image of 8, for results 2 to 4 of a 3x3 convolution with padding.
  const auto s = sizes_of(8, 6, 3, 7, three, three, 1, 1);
  convolution whole(s);
  whole.run();
  auto part = sizes_of(8, 6, 3, 7, {.taps = 3, .before = 1 - 2}, three, 1, 1);
  part.out_h = 3;
  convolution slice(part);
  slice.run();
  for (std::ptrdiff_t i = 0; i < 3; ++i) {
    for (std::ptrdiff_t j = 0; j < 6; ++j) {
      for (std::ptrdiff_t f = 0; f < 7; ++f) {
        CHECK(product_test::same_bits(slice.y(1, i, j, f), whole.y(1, i + 2, j, f)));
      }
    }
  }
}

TEST_CASE("padding contributes nothing, not even times infinity") {
  convolution some(sizes_of(3, 3, 2, 3, three, three, 1, 1));
  some.fill_weights(std::numeric_limits<float>::infinity());
  for (std::ptrdiff_t i = 0; i < 3; ++i) {
    for (std::ptrdiff_t j = 0; j < 3; ++j) some.x(0, i, j, 0) = some.x(0, i, j, 1) = 1.0F;
  }
  some.run();
  for (std::ptrdiff_t f = 0; f < 3; ++f) CHECK(std::isinf(some.y(0, 0, 0, f)));
}

TEST_CASE("not a number stays where the window sees it") {
  for (const std::ptrdiff_t groups : {1, 4}) {
    convolution some(sizes_of(5, 5, 4, 4, three, three, groups, 1));
    some.x(0, 0, 4, 1) = NAN;
    some.run();
    for (std::ptrdiff_t i = 0; i < 5; ++i) {
      for (std::ptrdiff_t j = 0; j < 5; ++j) {
        for (std::ptrdiff_t f = 0; f < 4; ++f) {
          const bool sees = i <= 1 && j >= 3 && (groups == 1 || f == 1);
          CHECK(std::isnan(some.y(0, i, j, f)) == sees);
        }
      }
    }
  }
}

TEST_CASE("a pixel has the same bits in every tile") {
  // One column of results after another, against all of them at once.
  const auto s = sizes_of(4, 11, 5, 19, three, three, 1, 1);
  convolution whole(s);
  whole.run();
  for (std::ptrdiff_t j = 0; j < s.out_w; ++j) {
    auto one = s;
    one.across.before = three.before - j;
    one.out_w = 1;
    convolution column(one);
    column.run();
    for (std::ptrdiff_t i = 0; i < s.out_h; ++i) {
      for (std::ptrdiff_t f = 0; f < s.f; ++f) {
        CHECK(product_test::same_bits(column.y(0, i, 0, f), whole.y(0, i, j, f)));
      }
    }
  }
}
