// SPDX-License-Identifier: MIT
// A block of filters: its weights, chunk by chunk in a near buffer, and their sums over tiles of
// pixels.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/tile.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/line_stack.hpp>

#include <algorithm>
#include <cstddef>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// Weights as they come. Strides count elements and may have any sign or be 0.
///
/// @shape  [r, s, c / groups, f]
template <simd::storage_element Element = float, spacing Spacing = spacing::contiguous>
struct filters final {
  using element = Element;
  static constexpr spacing outputs = Spacing;

  const Element* data;
  std::ptrdiff_t row;
  std::ptrdiff_t pixel;
  std::ptrdiff_t channel;
  std::ptrdiff_t output = 1;
};

/// Sizes of a convolution: images [b, h, w, c], weights [down.taps, across.taps, c / groups, f],
/// results [b, out_h, out_w, f].
struct sizes final {
  std::ptrdiff_t b = 0;
  std::ptrdiff_t h = 0;
  std::ptrdiff_t w = 0;
  std::ptrdiff_t c = 0;
  std::ptrdiff_t f = 0;
  std::ptrdiff_t out_h = 0;
  std::ptrdiff_t out_w = 0;
  window down{};
  window across{};
  std::ptrdiff_t groups = 1;
  /// Of the lines that a convolution with packed filters copies, unless those of one tile are more.
  std::ptrdiff_t most_line_bytes = tensor::line_share(core::native.l2_bytes);
  /// How lines lie side by side for tiles, and filters accordingly: stack_of() of planes.hpp.
  tensor::line_stack stack{};

  /// True if every filter has one channel of its own.
  [[nodiscard]] constexpr bool is_depthwise() const { return groups == c && c == f; }
};

/// What is convolved.
template <class Image, class Filters>
struct operands final {
  using image = Image;
  using filters = Filters;

  Image x;
  Filters w;
  sizes size;
};

/// Where a tile stands in the results.
struct tile_at final {
  std::ptrdiff_t b;
  std::ptrdiff_t i;  // row
  std::ptrdiff_t j;  // first pixel
  std::ptrdiff_t pixels;
};

/// A part of all taps.
struct chunk final {
  range rows;
  range pixels;
  range channels;
};

/// Packs of filters that see the same channels (or each its own), over all pixels. The operands
/// begin at the block's first filter and its first channel; `outputs` filters follow in its group,
/// of which m masks the last pack.
///
/// Weights of one channel lie as far apart as there are filters, which few caches bear: they are
/// copied to a buffer of whole packs side by side, as many as fit, and used for many tiles.
template <std::size_t Packs, reach Sees, class Operands, class Lanes>
class filter_block final {
 public:
  static constexpr std::size_t width = Packs * simd::lanes;
  /// Floats of the buffer of weights: with the sums of a tile and what passes by of the image, it
  /// has to stay in the nearest cache.
  static constexpr std::size_t weight_elems =
      std::size_t{core::native.l1_bytes} * 5 / 8 / sizeof(float);
  /// Floats of the sums of a tile.
  static constexpr std::size_t sum_elems = std::size_t{direct_tile(core::native).mr} * width;

  filter_block(const Operands& o, std::ptrdiff_t outputs, Lanes m)
      : x_(o.x),
        w_(o.w),
        s_(o.size),
        whole_(whole_steps(o.size.across, o.size.w, o.size.out_w)),
        depth_(Sees == reach::own ? 1 : o.size.c / o.size.groups),
        outputs_(outputs),
        m_(m) {
    constexpr auto most = static_cast<std::ptrdiff_t>(weight_elems / width);
    // An axis that is cut leaves no room for two steps of the axis around it.
    channels_ = std::clamp<std::ptrdiff_t>(depth_, 1, most);
    pixels_ = std::clamp<std::ptrdiff_t>(most / channels_, 1, s_.across.taps);
    rows_ = std::clamp<std::ptrdiff_t>(most / (channels_ * pixels_), 1, s_.down.taps);
  }

  /// Calls f(chunk) for the parts that all taps come in, in the order (row, pixel, channel).
  template <class F>
  KILN_INLINE void each_chunk(const F& f) const {
    for (std::ptrdiff_t r = 0; r < s_.down.taps; r += rows_) {
      for (std::ptrdiff_t s = 0; s < s_.across.taps; s += pixels_) {
        for (std::ptrdiff_t c = 0; c < depth_; c += channels_) {
          f(chunk{{r, std::min(r + rows_, s_.down.taps)},
                  {s, std::min(s + pixels_, s_.across.taps)},
                  {c, std::min(c + channels_, depth_)}});
        }
      }
    }
  }
  /// True if all taps fit the buffer at once.
  [[nodiscard]] bool is_one_chunk() const {
    return rows_ == s_.down.taps && pixels_ == s_.across.taps && channels_ >= depth_;
  }

  /// Copies the weights of a chunk.
  ///
  /// @shape  to: [rows, pixels, channels, width]
  [[gnu::noinline]] void copy(const chunk& part, float* to) const noexcept {
    for (std::ptrdiff_t r = part.rows.first; r < part.rows.last; ++r) {
      for (std::ptrdiff_t s = part.pixels.first; s < part.pixels.last; ++s) {
        const auto* from = w_.data + r * w_.row + s * w_.pixel + part.channels.first * w_.channel;
        for (std::ptrdiff_t c = part.channels.size(); c != 0; --c, from += w_.channel) {
          for (std::size_t j = 0; j < Packs; ++j, to += simd::lanes) {
            const auto before = static_cast<std::ptrdiff_t>(j * simd::lanes);
            const auto* at =
                from + (Filters::outputs == spacing::contiguous ? before : before * w_.output);
            simd::store(to, load_spaced<Filters::outputs>(at, w_.output, outputs_, m_));
          }
        }
      }
    }
  }

  /// Adds a chunk to the sums of a tile; taps in the padding are left out.
  ///
  /// @shape  weights: as copied; sums: [at.pixels, width]
  [[gnu::noinline]] void add(const tile_at& at,
                             const chunk& part,
                             const float* weights,
                             float* sums) const noexcept {
    chunk some = part;
    const range inside = taps_inside(s_.down, s_.h, at.i);
    some.rows = {std::max(part.rows.first, inside.first), std::min(part.rows.last, inside.last)};
    if (some.rows.empty()) return;
    tap_block<Image> t = taps(at, part, some);
    t.w = weights + (some.rows.first - part.rows.first) * t.w_row;
    if (at.j >= whole_.first && at.j + at.pixels <= whole_.last) {
      add_whole(at.pixels, t, sums);
    } else if constexpr (Sees == reach::own) {
      add_by_pixel(at, some, t, sums);
    } else {
      add_by_tap(at, some, t, sums);
    }
  }

 private:
  using Image = typename Operands::image;
  using Filters = typename Operands::filters;

  // The taps of `some`, seen from a tile's first pixel, with weights as those of `part` were
  // copied.
  KILN_INLINE tap_block<Image> taps(const tile_at& at, const chunk& part, const chunk& some) const {
    const std::ptrdiff_t pixel = part.channels.size() * static_cast<std::ptrdiff_t>(width);
    tap_block<Image> t{.x = x_,
                       .w = nullptr,
                       .w_row = part.pixels.size() * pixel,
                       .w_pixel = pixel,
                       .rows = some.rows.size(),
                       .pixels = some.pixels.size(),
                       .depth = some.channels.size(),
                       .step = s_.across.stride * x_.pixel,
                       .channels = outputs_};
    t.x.row = x_.row * s_.down.dilation;
    t.x.pixel = x_.pixel * s_.across.dilation;
    t.x.data += at.b * x_.batch + s_.down.begin(at.i) * x_.row + some.rows.first * t.x.row;
    t.x.data += s_.across.begin(at.j) * x_.pixel + some.pixels.first * t.x.pixel;
    t.x.data += some.channels.first * x_.channel;
    return t;
  }

  // Every tap of every pixel lies inside of the row.
  KILN_INLINE void add_whole(std::ptrdiff_t pixels, tap_block<Image> t, float* sums) const {
    // Taps side by side whose channels follow one another are one longer tap.
    if (t.x.pixel == t.depth * t.x.channel) {
      t.depth *= t.pixels;
      t.pixels = 1;
    }
    accumulate<Packs, Sees>(pixels, t, m_, sums);
  }

  // A tap lies inside for some pixels in a row: those are a smaller tile.
  KILN_INLINE void add_by_tap(const tile_at& at,
                              const chunk& some,
                              const tap_block<Image>& all,
                              float* sums) const {
    for (std::ptrdiff_t r = 0; r < all.rows; ++r) {
      for (std::ptrdiff_t s = 0; s < all.pixels; ++s) {
        const range inside = steps_inside(s_.across, s_.w, s_.out_w, some.pixels.first + s);
        const range part{std::max(at.j, inside.first), std::min(at.j + at.pixels, inside.last)};
        if (part.empty()) continue;
        tap_block<Image> t = all;
        t.rows = t.pixels = 1;
        t.x.data += r * t.x.row + s * t.x.pixel + (part.first - at.j) * t.step;
        t.w += r * t.w_row + s * t.w_pixel;
        float* to = sums + static_cast<std::size_t>(part.first - at.j) * width;
        accumulate<Packs, Sees>(part.size(), t, m_, to);
      }
    }
  }

  // A tap is too little work for a tile of its own: each pixel takes the taps it has.
  KILN_INLINE void add_by_pixel(const tile_at& at,
                                const chunk& some,
                                const tap_block<Image>& all,
                                float* sums) const {
    for (std::ptrdiff_t j = 0; j < at.pixels; ++j, sums += width) {
      const range inside = taps_inside(s_.across, s_.w, at.j + j);
      const range part{std::max(some.pixels.first, inside.first),
                       std::min(some.pixels.last, inside.last)};
      if (part.empty()) continue;
      tap_block<Image> t = all;
      t.pixels = part.size();
      t.x.data += (part.first - some.pixels.first) * t.x.pixel + j * t.step;
      t.w += (part.first - some.pixels.first) * t.w_pixel;
      accumulate<tile_shape{1, Packs, Sees}>(t, m_, sums);
    }
  }

  Image x_;
  Filters w_;
  sizes s_;
  range whole_;  // steps across with all taps inside
  std::ptrdiff_t depth_;
  std::ptrdiff_t rows_ = 1;  // of a chunk
  std::ptrdiff_t pixels_ = 1;
  std::ptrdiff_t channels_ = 1;
  std::ptrdiff_t outputs_;
  Lanes m_;
};

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
