// SPDX-License-Identifier: MIT
// Convolution from images and weights as they lie in memory: any stride, padding, dilation, groups.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/block.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/conv2d/tile.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstddef>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

namespace detail {

// So many tiles use a chunk of weights before the next is copied: a copied pack serves 64 pixels.
inline constexpr std::size_t tiles_at_once = 8;

/// All tiles of the results, row after row, each row in tiles of nearly equal width.
class tile_walk final {
 public:
  KILN_INLINE explicit tile_walk(const sizes& s)
      : s_(s),
        split_(static_cast<int>(s.out_w), direct_tile(core::native).mr) {
    if (s.out_h == 0 || s.out_w == 0) b_ = s.b;
  }

  /// The next tiles, at most `most`; how many there are.
  KILN_INLINE std::size_t take(std::size_t most, tile_at* tiles) {
    std::size_t n = 0;
    for (; n < most && b_ < s_.b; ++n) {
      tiles[n] = {b_, i_, split_.begin(k_), split_.height(k_)};
      if (++k_ < split_.tiles) continue;
      k_ = 0;
      if (++i_ < s_.out_h) continue;
      i_ = 0;
      ++b_;
    }
    return n;
  }

 private:
  const sizes& s_;
  tensor::row_split split_;
  std::ptrdiff_t b_ = 0;
  std::ptrdiff_t i_ = 0;
  int k_ = 0;
};

/// Packs of filters from column `col` of the results on, over all pixels, with their epilogue.
template <std::size_t Packs, reach Sees, class Operands, class Lanes, class Epilogue>
class block_run final {
 public:
  KILN_INLINE block_run(
      const Operands& o, std::size_t col, std::ptrdiff_t outputs, Lanes m, const Epilogue& ep)
      : block_(o, outputs, m),
        s_(o.size),
        col_(col),
        m_(m),
        ep_(ep) {}

  void run() const {
    alignas(64) float weights[block::weight_elems];
    alignas(64) float sums[tiles_at_once * block::sum_elems];
    const bool once = block_.is_one_chunk();
    if (once) block_.each_chunk([&](const chunk& part) { block_.copy(part, weights); });
    tile_at tiles[tiles_at_once];
    tile_walk walk(s_);
    while (const std::size_t n = walk.take(once ? 1 : tiles_at_once, tiles)) {
      const auto start =
          [this](auto& state, std::size_t row, std::size_t col, float* to)
              KILN_INLINE_LAMBDA { simd::store(to, ep_.start(state, row, col, m_)); };
      each_pack(tiles, n, sums, start);
      block_.each_chunk([&](const chunk& part) KILN_INLINE_LAMBDA {
        if (!once) block_.copy(part, weights);
        for (std::size_t t = 0; t < n; ++t) {
          block_.add(tiles[t], part, weights, sums + t * block::sum_elems);
        }
      });
      const auto finish =
          [this](auto& state, std::size_t row, std::size_t col, const float* from)
              KILN_INLINE_LAMBDA { ep_.finish(state, row, col, simd::load(from), m_); };
      each_pack(tiles, n, sums, finish);
    }
  }

 private:
  using block = filter_block<Packs, Sees, Operands, Lanes>;

  // Calls f(state, row, col, sum) for every pack of some tiles, with the epilogue's view of it.
  template <class F>
  KILN_INLINE void each_pack(const tile_at* tiles, std::size_t n, float* sums, const F& f) const {
    for (std::size_t j = 0; j < Packs; ++j) {
      const std::size_t col = col_ + j * simd::lanes;
      auto state = ep_.columns(col, m_);
      for (std::size_t t = 0; t < n; ++t) {
        const tile_at& at = tiles[t];
        const auto row = static_cast<std::size_t>((at.b * s_.out_h + at.i) * s_.out_w + at.j);
        float* sum = sums + t * block::sum_elems + j * simd::lanes;
        for (std::size_t p = 0; p < static_cast<std::size_t>(at.pixels); ++p) {
          f(state, row + p, col, sum + p * block::width);
        }
      }
    }
  }

  block block_;
  sizes s_;
  std::size_t col_;
  Lanes m_;
  const Epilogue& ep_;
};

// `count` filters from the operands' first one on, which is column `col` of the results. All see
// the operands' first channel, or each its own from there on.
template <reach Sees, class Operands, class Epilogue>
KILN_INLINE void filter_range(Operands o,
                              std::size_t col,
                              std::ptrdiff_t count,
                              const Epilogue& ep) {
  constexpr auto packs = static_cast<std::size_t>(direct_tile(core::native).nv);
  constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
  constexpr std::ptrdiff_t width = static_cast<std::ptrdiff_t>(packs) * lanes;
  const auto next = [&](std::ptrdiff_t filters) KILN_INLINE_LAMBDA {
    if (Sees == reach::own) o.x.data += filters * o.x.channel;
    o.w.data += filters * o.w.output;
    col += static_cast<std::size_t>(filters);
    count -= filters;
  };
  while (count >= width) {
    block_run<packs, Sees, Operands, simd::all_lanes, Epilogue>(o, col, count, {}, ep).run();
    next(width);
  }
  while (count > 0) {
    const simd::mask m = simd::first(static_cast<std::size_t>(count));
    block_run<1, Sees, Operands, simd::mask, Epilogue>(o, col, count, m, ep).run();
    next(std::min(lanes, count));
  }
}

// A 1x1 convolution that touches every pixel once does not care where rows end: longer rows make
// fuller tiles.
template <class Image>
constexpr sizes without_rows(const Image& x, sizes s) {
  const auto is_plain = [](const window& w) {
    return w.taps == 1 && w.stride == 1 && w.before == 0;
  };
  const bool covers = is_plain(s.down) && is_plain(s.across) && s.out_h == s.h && s.out_w == s.w;
  if (!covers || x.row != s.w * x.pixel) return s;
  s.w *= s.h;
  s.h = 1;
  if (x.batch == s.w * x.pixel) {
    s.w *= s.b;
    s.b = 1;
  }
  s.out_h = s.h;
  s.out_w = s.w;
  return s;
}

}  // namespace detail

/// Convolution in which every filter sees all channels of its group.
///
/// out[b, i, j, f] = start + sum over r, s, c of x[b, down(i, r), across(j, s), c] * w[r, s, c, f];
/// taps in the padding are left out. The epilogue's row is the result's pixel, counted over all
/// images, its column the first filter of a pack.
///
/// @shape     x: [b, h, w, c]; w: [r, s, c / groups, f]; results: [b * out_h * out_w, f]
/// @cost      2 r s c / groups flop a result; fewer than lanes filters in a group waste lanes
/// @errors    none
/// @accuracy  each element is one chain over (r, s, c) ascending: |error| <= k eps sum |x w| (+ the
///            epilogue's), k = r s c / groups; Higham 2002, section 3.1
template <class Image, class Filters, gemm::epilogue Epilogue>
void grouped(const Image& x, const Filters& w, const sizes& s, const Epilogue& ep) noexcept {
  operands<Image, Filters> o{x, w, detail::without_rows(x, s)};
  const std::ptrdiff_t filters = s.f / s.groups;
  for (std::ptrdiff_t col = 0; col < s.f; col += filters) {
    detail::filter_range<reach::group>(o, static_cast<std::size_t>(col), filters, ep);
    o.x.data += s.c / s.groups * x.channel;
    o.w.data += filters * w.output;
  }
}

/// Convolution in which every filter sees its own channel alone; otherwise as grouped().
///
/// @shape     x: [b, h, w, c]; w: [r, s, 1, c]; results: [b * out_h * out_w, c]
/// @cost      2 r s flop a result; every tap is a load of x
/// @pre       s.is_depthwise()
/// @errors    none
/// @accuracy  each element is one chain over (r, s) ascending, as grouped()
template <class Image, class Filters, gemm::epilogue Epilogue>
void depthwise(const Image& x, const Filters& w, const sizes& s, const Epilogue& ep) noexcept {
  detail::filter_range<reach::own>(operands<Image, Filters>{x, w, s}, 0, s.f, ep);
}

/// grouped() or depthwise(), whichever the sizes ask for.
///
/// @shape     x: [b, h, w, c]; w: [r, s, c / groups, f]; results: [b * out_h * out_w, f]
/// @cost      2 r s c / groups flop a result
/// @errors    none
/// @accuracy  as grouped()
template <class Image, class Filters, gemm::epilogue Epilogue>
void direct(const Image& x, const Filters& w, const sizes& s, const Epilogue& ep) noexcept {
  if (s.is_depthwise()) {
    depthwise(x, w, s, ep);
  } else {
    grouped(x, w, s, ep);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
