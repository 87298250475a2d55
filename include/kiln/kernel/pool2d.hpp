// SPDX-License-Identifier: MIT
// Pooling: each channel of a window sliding over an image becomes one number.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <concepts>
#include <cstddef>

namespace kiln::kernel {
inline namespace KILN_ISA {

/// How the elements of a window become one; `count` is how many there are.
///
/// @models  the pooling operators
template <class Pooling>
concept pooling = requires(simd::pack x) {
  { Pooling::template initial<simd::pack>() } -> std::same_as<simd::pack>;
  { Pooling::combine(x, x) } -> std::same_as<simd::pack>;
  { Pooling::finish(x, x) } -> std::same_as<simd::pack>;
};

/// Sizes of a pooling: images [b, h, w, c], windows with dilation 1, results [b, out_h, out_w, c].
struct pool2d_sizes final {
  std::ptrdiff_t b = 0;
  std::ptrdiff_t h = 0;
  std::ptrdiff_t w = 0;
  std::ptrdiff_t c = 0;
  std::ptrdiff_t out_h = 0;
  std::ptrdiff_t out_w = 0;
  conv2d::window down{};
  conv2d::window across{};
  bool count_include_pad = false;  // the count is that of the whole window, padding included
};

namespace detail {

/// The part of one window that lies inside of the image, and where its result goes.
template <class Image>
struct pool_window final {
  const typename Image::element* first;  // first row, first pixel, channel 0
  std::ptrdiff_t rows;
  std::ptrdiff_t pixels;
  float count;
  std::size_t out_row;
};

template <class Pooling, std::size_t Packs, class Image, class Lanes, class Epilogue>
KILN_INLINE void pool_channels(const Image& x,
                               const pool_window<Image>& at,
                               std::ptrdiff_t c,
                               std::ptrdiff_t left,
                               Lanes last,
                               const Epilogue& ep) {
  constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
  const auto each_pack = [&](const auto& f) KILN_INLINE_LAMBDA {
    gemm::each<Packs - 1>([&](std::size_t j) KILN_INLINE_LAMBDA { f(j, simd::all_lanes{}); });
    f(Packs - 1, last);
  };
  simd::pack acc[Packs];
  gemm::each<Packs>([&](std::size_t j)
                        KILN_INLINE_LAMBDA { acc[j] = Pooling::template initial<simd::pack>(); });
  const auto* row = at.first + c * x.channel;
  for (std::ptrdiff_t r = 0; r < at.rows; ++r, row += x.row) {
    const auto* pixel = row;
    for (std::ptrdiff_t s = 0; s < at.pixels; ++s, pixel += x.pixel) {
      each_pack([&](std::size_t j, auto m) KILN_INLINE_LAMBDA {
        const std::ptrdiff_t offset = static_cast<std::ptrdiff_t>(j) * lanes;
        const auto* p =
            pixel + (Image::channels == conv2d::spacing::contiguous ? offset : offset * x.channel);
        acc[j] =
            Pooling::combine(acc[j], conv2d::load_spaced<Image::channels>(p, x.channel, left, m));
      });
    }
  }
  each_pack([&](std::size_t j, auto m) KILN_INLINE_LAMBDA {
    const std::size_t col = static_cast<std::size_t>(c) + j * simd::lanes;
    auto state = ep.columns(col, m);
    ep.finish(state, at.out_row, col, Pooling::finish(acc[j], simd::pack(at.count)), m);
  });
}

template <class Pooling, class Image, class Epilogue>
KILN_INLINE void pool_pixel(const Image& x,
                            const pool_window<Image>& at,
                            std::ptrdiff_t channels,
                            const Epilogue& ep) {
  constexpr std::size_t packs = 4;  // four chains hide the latency of one
  constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
  constexpr std::ptrdiff_t width = static_cast<std::ptrdiff_t>(packs) * lanes;
  std::ptrdiff_t c = 0;
  for (; c + width <= channels; c += width) {
    pool_channels<Pooling, packs>(x, at, c, channels - c, simd::all_lanes{}, ep);
  }
  for (; c < channels; c += lanes) {
    const simd::mask m = simd::first(static_cast<std::size_t>(channels - c));
    pool_channels<Pooling, 1>(x, at, c, channels - c, m, ep);
  }
}

}  // namespace detail

/// Pools every window; padding is not an element. Results go to the epilogue's finish(), never
/// asking for start(): its row is the result's pixel, counted over all images, its column the first
/// channel of a pack.
///
/// @shape     x: [b, h, w, c]; results: [b * out_h * out_w, c]
/// @cost      taps * results combinations; every tap is a load
/// @pre       across.dilation == down.dilation == 1
/// @errors    none
/// @accuracy  taps are combined in ascending order, row by row; a sum: |error| <= taps eps sum |x|
template <pooling Pooling, class Image, gemm::epilogue Epilogue>
void pool2d(const Image& x, const pool2d_sizes& s, const Epilogue& ep) noexcept {
  std::size_t out_row = 0;
  for (std::ptrdiff_t b = 0; b < s.b; ++b) {
    for (std::ptrdiff_t i = 0; i < s.out_h; ++i) {
      const conv2d::range rows = conv2d::taps_inside(s.down, s.h, i);
      const auto* row = x.data + b * x.batch + (s.down.begin(i) + rows.first) * x.row;
      for (std::ptrdiff_t j = 0; j < s.out_w; ++j, ++out_row) {
        const conv2d::range pixels = conv2d::taps_inside(s.across, s.w, j);
        const std::ptrdiff_t count =
            s.count_include_pad ? s.down.taps * s.across.taps : rows.size() * pixels.size();
        const detail::pool_window<Image> at{
            .first = row + (s.across.begin(j) + pixels.first) * x.pixel,
            .rows = rows.size(),
            .pixels = pixels.size(),
            .count = static_cast<float>(count),
            .out_row = out_row,
        };
        detail::pool_pixel<Pooling>(x, at, s.c, ep);
      }
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel
