// SPDX-License-Identifier: MIT
// One register tile of a convolution: some pixels of a row times some packs of filters.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <cstddef>
#include <utility>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// What a filter sees of the channels.
enum class reach : int {
  group,  // all channels of its group: one number of x for a pack of weights
  own     // its own channel alone (depthwise): a pack of x for a pack of weights
};

/// What the code of a tile depends on.
struct tile_shape final {
  std::size_t pixels;
  std::size_t packs;  // of filters
  reach sees;
};

/// The taps that a tile runs over: rows x pixels x depth of them.
///
/// @shape  w: [rows, pixels, depth, packs, lanes], whole packs side by side
template <class Image>
struct tap_block final {
  using image = Image;

  Image x;         // at the first tap; row and pixel: from one tap to the next
  const float* w;  // at the first tap
  std::ptrdiff_t w_row;
  std::ptrdiff_t w_pixel;
  std::ptrdiff_t rows;
  std::ptrdiff_t pixels;
  std::ptrdiff_t depth;     // channels
  std::ptrdiff_t step;      // from one pixel of the tile to the next, in elements of x
  std::ptrdiff_t channels;  // that exist from x on, where reach::own
};

namespace detail {

// Pixels hang on one base pointer in threes, which x86 addresses as base, base + s and base + 2s.
inline constexpr std::size_t pixels_per_pointer = 3;

/// The operands of one tap's multiply-adds, channel after channel.
template <tile_shape S, class Image>
class tap_cursor final {
 public:
  KILN_INLINE tap_cursor(const tap_block<Image>& t, std::ptrdiff_t r, std::ptrdiff_t s)
      : t_(t),
        w_(t.w + r * t.w_row + s * t.w_pixel) {
    const auto* first = t.x.data + r * t.x.row + s * t.x.pixel;
    gemm::each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA {
      x_[i] = first + static_cast<std::ptrdiff_t>(pixels_per_pointer * i) * t.step;
      simd::keep_in_register(x_[i]);
    });
  }

  /// True if accumulator i, pixel after pixel, takes the same x as the one before.
  static constexpr bool shares_x(std::size_t i) {
    return S.sees == reach::group && i % S.packs != 0;
  }
  [[nodiscard]] KILN_INLINE simd::pack weights(std::size_t j) const {
    return simd::load(w_ + j * simd::lanes);
  }
  template <class Lanes>
  [[nodiscard]] KILN_INLINE simd::pack pixel(std::size_t i, std::size_t j, Lanes m) const {
    const auto inner = static_cast<std::ptrdiff_t>(i % pixels_per_pointer);
    const auto* p = x_[i / pixels_per_pointer] + inner * t_.step;
    if constexpr (S.sees == reach::group) {
      return simd::pack(to_float(*p));
    } else {
      const auto before = static_cast<std::ptrdiff_t>(j * simd::lanes);
      const auto* at =
          p + (Image::channels == spacing::contiguous ? before : before * t_.x.channel);
      return load_spaced<Image::channels>(at, t_.x.channel, t_.channels, m);
    }
  }
  KILN_INLINE void next_channel() {
    w_ += S.packs * simd::lanes;
    gemm::each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { x_[i] += t_.x.channel; });
  }

 private:
  static constexpr std::size_t pointers = (S.pixels + pixels_per_pointer - 1) / pixels_per_pointer;

  const tap_block<Image>& t_;
  const float* w_;
  const typename Image::element* x_[pointers];
};

}  // namespace detail

/// Adds x * w over the taps to sums in a buffer. Every element is one chain of multiply-adds over
/// (row, pixel, channel), whatever the tile's size. m masks the last pack of x where reach::own.
///
/// @shape   sums: [S.pixels, S.packs, lanes]
/// @cost    S.pixels * S.packs multiply-adds for S.pixels + S.packs loads of a tap (for as many
///          loads as multiply-adds where reach::own)
/// @errors  none
template <tile_shape S, class Image, class Lanes>
[[gnu::noinline]] void accumulate(const tap_block<Image>& t, Lanes m, float* sums) noexcept {
  constexpr auto each_pack = std::make_index_sequence<S.packs>{};
  constexpr auto each_accumulator = std::make_index_sequence<S.pixels * S.packs>{};
  simd::pack acc[S.pixels * S.packs];
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    ((acc[I] = simd::load(sums + I * simd::lanes)), ...);
  }
  (each_accumulator);
  for (std::ptrdiff_t r = 0; r < t.rows; ++r) {
    for (std::ptrdiff_t s = 0; s < t.pixels; ++s) {
      detail::tap_cursor<S, Image> tap(t, r, s);
      for (std::ptrdiff_t c = t.depth; c != 0; --c) {
        simd::pack w[S.packs];
        [&]<std::size_t... J, std::size_t... I>(std::index_sequence<J...>,
                                                std::index_sequence<I...>) KILN_INLINE_LAMBDA {
          ((w[J] = tap.weights(J)), ...);
          simd::pack x;
          ((x = tap.shares_x(I) ? x : tap.pixel(I / S.packs, I % S.packs, m),
            acc[I] = simd::fma(x, w[I % S.packs], acc[I])),
           ...);
        }
        (each_pack, each_accumulator);
        tap.next_channel();
      }
    }
  }
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    (simd::store(sums + I * simd::lanes, acc[I]), ...);
  }
  (each_accumulator);
}

/// The largest tile of a machine: mr pixels, nv packs of filters.
constexpr tensor::tile direct_tile(const core::target& machine) {
  switch (machine.isa) {
    case core::isa::avx512:
      return {.mr = 8,
              .nv = 2};  // 16 accumulators + 2 of w + 1 of x = 19 of 32: enough to hide latency
    case core::isa::avx2:
      return {.mr = 6, .nv = 2};  // 12 + 2 + 1 = 15 of 16
    case core::isa::portable:
    case core::isa::scalar:
      break;
  }
  return {.mr = 4, .nv = 2};  // 8 + 2 + 1, and one more for the product: 12 of 16
}

namespace detail {
template <std::size_t Packs, reach Sees, class Image, class Lanes, std::size_t... Less>
KILN_INLINE void accumulate_one_of(std::index_sequence<Less...>,
                                   std::size_t pixels,
                                   const tap_block<Image>& t,
                                   Lanes m,
                                   float* sums) {
  using function = void (*)(const tap_block<Image>&, Lanes, float*) noexcept;
  static constexpr function of_height[] = {
      &accumulate<tile_shape{Less + 1, Packs, Sees}, Image, Lanes>...};
  of_height[pixels - 1](t, m, sums);
}
}  // namespace detail

/// accumulate() for a number of pixels known at run time.
///
/// @pre  0 < pixels <= direct_tile(core::native).mr
template <std::size_t Packs, reach Sees, class Image, class Lanes>
KILN_INLINE void accumulate(std::ptrdiff_t pixels,
                            const tap_block<Image>& t,
                            Lanes m,
                            float* sums) {
  constexpr auto most = static_cast<std::size_t>(direct_tile(core::native).mr);
  detail::accumulate_one_of<Packs, Sees>(
      std::make_index_sequence<most>{}, static_cast<std::size_t>(pixels), t, m, sums);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
