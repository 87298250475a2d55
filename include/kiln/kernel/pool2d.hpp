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

/// The part of a window that lies inside of the image, and where its result goes: of one pixel, or
/// of several whose windows have the same size.
template <class Image>
struct pool_window final {
  const typename Image::element* first;  // first row, first pixel, channel 0
  std::ptrdiff_t step;                   // from one result's window to the next
  std::ptrdiff_t rows;
  std::ptrdiff_t pixels;
  float count;
  std::size_t out_row;
};

// A block of results has enough chains to hide the latency of one: packs of a pixel, or pixels.
inline constexpr std::size_t pool_chains = 4;

// Chain p of a block is pack p / Pixels of pixel p % Pixels.
template <class Pooling, std::size_t Packs, std::size_t Pixels, class Image, class Epilogue>
KILN_INLINE void pool_block(const Image& x,
                            const pool_window<Image>& at,
                            std::ptrdiff_t c,
                            auto lanes,  // pool_lanes
                            const Epilogue& ep) {
  simd::pack acc[Packs * Pixels];
  gemm::each<Packs * Pixels>(
      [&](std::size_t p) KILN_INLINE_LAMBDA { acc[p] = Pooling::template initial<simd::pack>(); });
  const auto offset = [&](std::size_t p) KILN_INLINE_LAMBDA {
    const auto before = static_cast<std::ptrdiff_t>(p / Pixels * simd::lanes);
    return static_cast<std::ptrdiff_t>(p % Pixels) * at.step
           + (Image::channels == conv2d::spacing::contiguous ? before : before * x.channel);
  };
  const auto* row = at.first + c * x.channel;
  for (std::ptrdiff_t r = 0; r < at.rows; ++r, row += x.row) {
    const auto* pixel = row;
    for (std::ptrdiff_t s = 0; s < at.pixels; ++s, pixel += x.pixel) {
      gemm::each<Packs * Pixels>([&](std::size_t p) KILN_INLINE_LAMBDA {
        const simd::pack v = conv2d::load_spaced<Image::channels>(
            pixel + offset(p), x.channel, lanes.count, lanes.mask);
        acc[p] = Pooling::combine(acc[p], v);
      });
    }
  }
  gemm::each<Packs * Pixels>([&](std::size_t p) KILN_INLINE_LAMBDA {
    const std::size_t col = static_cast<std::size_t>(c) + p / Pixels * simd::lanes;
    auto state = ep.columns(col, lanes.mask);
    const simd::pack v = Pooling::finish(acc[p], simd::pack(at.count));
    ep.finish(state, at.out_row + p % Pixels, col, v, lanes.mask);
  });
}

/// The channels of a pack: how many are left from its first on, and its mask.
template <class Mask>
struct pool_lanes final {
  std::ptrdiff_t count;
  Mask mask;
};

// The last packs of all channels, fewer than a block, for one pixel or a block of them.
template <class Pooling, std::size_t Pixels, class Image, class Epilogue>
KILN_INLINE void pool_last_packs(const Image& x,
                                 const pool_window<Image>& at,
                                 std::ptrdiff_t c,
                                 std::ptrdiff_t channels,
                                 const Epilogue& ep) {
  for (; c < channels; c += static_cast<std::ptrdiff_t>(simd::lanes)) {
    const pool_lanes<simd::mask> some{channels - c,
                                      simd::first(static_cast<std::size_t>(channels - c))};
    pool_block<Pooling, 1, Pixels>(x, at, c, some, ep);
  }
}

// All channels that fill blocks, of one pixel; where those end.
template <class Pooling, class Image, class Epilogue>
KILN_INLINE std::ptrdiff_t pool_whole_blocks(const Image& x,
                                             const pool_window<Image>& at,
                                             std::ptrdiff_t channels,
                                             const Epilogue& ep) {
  constexpr auto width = static_cast<std::ptrdiff_t>(pool_chains * simd::lanes);
  std::ptrdiff_t c = 0;
  for (; c + width <= channels; c += width) {
    const pool_lanes<simd::all_lanes> all{channels - c, {}};
    pool_block<Pooling, pool_chains, 1>(x, at, c, all, ep);
  }
  return c;
}

// One line of results.
template <class Pooling, class Image, class Epilogue>
void pool_line(const Image& x,
               const pool2d_sizes& s,
               std::ptrdiff_t b,
               std::ptrdiff_t i,
               const Epilogue& ep) noexcept {
  constexpr auto block = static_cast<std::ptrdiff_t>(pool_chains);
  const conv2d::range rows = conv2d::taps_inside(s.down, s.h, i);
  const conv2d::range whole = conv2d::whole_steps(s.across, s.w, s.out_w);
  const auto* row = x.data + b * x.batch + (s.down.begin(i) + rows.first) * x.row;
  std::ptrdiff_t several = 0;  // pixels from j on whose last packs are done
  for (std::ptrdiff_t j = 0; j < s.out_w; ++j) {
    const conv2d::range pixels = conv2d::taps_inside(s.across, s.w, j);
    const std::ptrdiff_t count =
        s.count_include_pad ? s.down.taps * s.across.taps : rows.size() * pixels.size();
    const pool_window<Image> at{
        .first = row + (s.across.begin(j) + pixels.first) * x.pixel,
        .step = s.across.stride * x.pixel,
        .rows = rows.size(),
        .pixels = pixels.size(),
        .count = static_cast<float>(count),
        .out_row = static_cast<std::size_t>((b * s.out_h + i) * s.out_w + j),
    };
    const std::ptrdiff_t c = pool_whole_blocks<Pooling>(x, at, s.c, ep);
    if (several == 0 && j >= whole.first && j + block <= whole.last) {
      pool_last_packs<Pooling, pool_chains>(x, at, c, s.c, ep);
      several = block;
    } else if (several == 0) {
      pool_last_packs<Pooling, 1>(x, at, c, s.c, ep);
      several = 1;
    }
    --several;
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
  for (std::ptrdiff_t b = 0; b < s.b; ++b) {
    for (std::ptrdiff_t i = 0; i < s.out_h; ++i) detail::pool_line<Pooling>(x, s, b, i, ep);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel
