// SPDX-License-Identifier: MIT
// Convolutions of any element types on guarded memory, compared with sums in f64 or s64.
#pragma once

#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/line_buffer.hpp>
#include <kiln/kernel/conv2d/packed.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <unit/kernel/gemm/product.hpp>

namespace conv2d_test {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;
using product_test::guarded_of;

/// An image for which a window has `out` results on each axis, with padding behind if some fits.
constexpr conv2d::sizes sizes_of(std::ptrdiff_t out_h,
                                 std::ptrdiff_t out_w,
                                 std::ptrdiff_t c,
                                 std::ptrdiff_t f,
                                 const conv2d::window& down,
                                 const conv2d::window& across,
                                 std::ptrdiff_t after = 0,
                                 std::ptrdiff_t groups = 1) {
  const auto extent = [&](std::ptrdiff_t out, const conv2d::window& w) {
    return std::max<std::ptrdiff_t>(
        1, (out - 1) * w.stride + (w.taps - 1) * w.dilation + 1 - w.before - after);
  };
  return {.b = 2,
          .h = extent(out_h, down),
          .w = extent(out_w, across),
          .c = c,
          .f = f,
          .out_h = out_h,
          .out_w = out_w,
          .down = down,
          .across = across,
          .groups = groups};
}

/// What is left of a convolution: start + sum.
template <arithmetic X>
struct keep_sums final {
  gemm::sum_element<X>* y;
  std::ptrdiff_t row_stride;
  const gemm::sum_element<X>* more;  // of each filter

  template <class Lanes>
  KILN_INLINE gemm::sum_pack<X> columns(std::size_t col, Lanes m) const {
    return simd::load(more + col, m);
  }
  template <class Lanes>
  KILN_INLINE gemm::sum_pack<X> start(gemm::sum_pack<X> more_of,
                                      std::size_t,
                                      std::size_t,
                                      Lanes) const {
    return more_of;
  }
  template <class Lanes>
  KILN_INLINE void finish(
      gemm::sum_pack<X>, std::size_t row, std::size_t col, gemm::sum_pack<X> v, Lanes m) const {
    auto* at = y + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(at, v, m);
  }
};

template <class Element>
Element number(product_test::random& next) {
  if constexpr (std::is_same_v<Element, float>) {
    return next();
  } else if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    return kiln::core::to_bf16(next());
  } else if constexpr (std::is_same_v<Element, kiln::core::f16>) {
    return kiln::core::to_f16(next());
  } else {
    return static_cast<Element>(static_cast<std::int32_t>(next() * 128.0F));  // wraps for u8
  }
}

template <class Element>
auto value(Element x) {
  if constexpr (std::is_class_v<Element>) {
    return double{kiln::core::to_float(x)};
  } else if constexpr (std::is_same_v<Element, float>) {
    return double{x};
  } else {
    return std::int64_t{x};
  }
}

/// How many results a window has on an axis with `after` elements of padding behind.
inline std::ptrdiff_t steps_of(std::ptrdiff_t extent,
                               const conv2d::window& w,
                               std::ptrdiff_t after) {
  return (extent + w.before + after - (w.taps - 1) * w.dilation - 1) / w.stride + 1;
}

/// One convolution; images may have gaps between pixels and rows.
template <arithmetic X>
class problem final {
 public:
  using x_type = gemm::a_element<X>;
  using w_type = gemm::b_element<X>;
  using y_type = gemm::sum_element<X>;

  explicit problem(const conv2d::sizes& s, std::ptrdiff_t gap = 0, x_type pad = {})
      : s_(s),
        strides_{.batch = s.h * (s.w * (s.c + gap) + gap),
                 .row = s.w * (s.c + gap) + gap,
                 .pixel = s.c + gap},
        depth_(s.c / s.groups),
        pad_(pad),
        x_(elems((s.b - 1) * strides_.batch + (s.h - 1) * strides_.row + (s.w - 1) * strides_.pixel
                 + s.c)),
        w_(elems(s.down.taps * s.across.taps * depth_ * s.f)),
        more_(elems(s.f)),
        y_(elems(s.b * s.out_h * s.out_w * s.f)) {
    product_test::random next(static_cast<std::uint32_t>(s.c + 7 * s.f + 31 * s.w));
    for (std::size_t i = 0; i < x_.size(); ++i) x_.data()[i] = number<x_type>(next);
    for (std::size_t i = 0; i < w_.size(); ++i) w_.data()[i] = number<w_type>(next);
    for (std::size_t i = 0; i < more_.size(); ++i) {
      more_.data()[i] = static_cast<y_type>(next() * 100.0F);
    }
    for (std::size_t i = 0; i < y_.size(); ++i) y_.data()[i] = y_type{-77};
  }

  [[nodiscard]] conv2d::image<x_type> image() const {
    return {x_.data(), strides_.batch, strides_.row, strides_.pixel, 1};
  }
  [[nodiscard]] conv2d::filters<w_type> filters() const {
    return {w_.data(), s_.across.taps * depth_ * s_.f, depth_ * s_.f, s_.f, 1};
  }
  [[nodiscard]] keep_sums<X> epilogue() { return {y_.data(), s_.f, more_.data()}; }
  [[nodiscard]] conv2d::image_strides strides() const { return strides_; }
  [[nodiscard]] const conv2d::sizes& sizes() const { return s_; }
  [[nodiscard]] x_type pad() const { return pad_; }
  [[nodiscard]] x_type& x(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t c) {
    return x_.data()[b * strides_.batch + i * strides_.row + j * strides_.pixel + c];
  }
  [[nodiscard]] w_type& w(std::ptrdiff_t r, std::ptrdiff_t q, std::ptrdiff_t c, std::ptrdiff_t f) {
    return w_.data()[((r * s_.across.taps + q) * depth_ + c) * s_.f + f];
  }
  [[nodiscard]] y_type y(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t f) {
    return y_.data()[((b * s_.out_h + i) * s_.out_w + j) * s_.f + f];
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
  static std::size_t elems(std::ptrdiff_t n) { return static_cast<std::size_t>(n < 0 ? 0 : n); }

  // A rounding a tap (two without a multiply-add instruction), and that of the result; bf16 adds
  // two products at a time, and may take numbers below the smallest normal one as 0.
  bool element_is_right(std::ptrdiff_t b, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t f) {
    using sum_type = decltype(value(x_type{}));
    auto sum = static_cast<sum_type>(more_.data()[f]);
    double size = std::abs(static_cast<double>(sum));
    double taps = 1;
    const std::ptrdiff_t group = f / (s_.f / s_.groups);
    for (std::ptrdiff_t r = 0; r < s_.down.taps; ++r) {
      for (std::ptrdiff_t q = 0; q < s_.across.taps; ++q) {
        const std::ptrdiff_t h = s_.down.begin(i) + r * s_.down.dilation;
        const std::ptrdiff_t v = s_.across.begin(j) + q * s_.across.dilation;
        const bool inside = h >= 0 && h < s_.h && v >= 0 && v < s_.w;
        for (std::ptrdiff_t c = 0; c < depth_; ++c, ++taps) {
          const auto number = value(inside ? x(b, h, v, group * depth_ + c) : pad_);
          const auto term = static_cast<sum_type>(number * value(w(r, q, c, f)));
          sum += term;
          size += std::abs(static_cast<double>(term));
        }
      }
    }
    if constexpr (gemm::sums_integers(X)) {
      return y(b, i, j, f) == static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
    } else {
      constexpr double eps = std::numeric_limits<float>::epsilon();
      return std::abs(double{y(b, i, j, f)} - sum) <= eps * taps * size + 1e-36 * taps;
    }
  }

  conv2d::sizes s_;
  conv2d::image_strides strides_;
  std::ptrdiff_t depth_;
  x_type pad_;
  guarded_of<x_type> x_;
  guarded_of<w_type> w_;
  guarded_of<y_type> more_;
  guarded_of<y_type> y_;
};

}  // namespace conv2d_test
