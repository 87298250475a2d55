// SPDX-License-Identifier: MIT
// One register tile of a depthwise convolution: lines and pixels of results, all their channels.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/gemm/unroll.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <type_traits>

namespace kiln::kernel::conv2d {
inline namespace KILN_ISA {

/// One axis of a depthwise tile.
struct depthwise_axis final {
  int steps = 1;  // results
  int taps = 1;
  int stride = 1;
  int dilation = 1;

  /// From the first tap of the first step to behind the last tap of the last.
  [[nodiscard]] constexpr int extent() const {
    return (steps - 1) * stride + (taps - 1) * dilation + 1;
  }
  /// The step whose tap meets an element; -1 if none does.
  [[nodiscard]] constexpr int step_at(int element, int tap) const {
    const int from_first = element - tap * dilation;
    if (from_first < 0 || from_first % stride != 0) return -1;
    return from_first / stride < steps ? from_first / stride : -1;
  }
  /// True for elements that may be padding: as many at either end as a window reaches over.
  [[nodiscard]] constexpr bool may_be_outside(int element) const {
    const int most = (taps - 1) * dilation;
    return element < most || element >= extent() - most;
  }
  friend constexpr bool operator==(const depthwise_axis&, const depthwise_axis&) = default;
};

/// What the code of a tile depends on: all that says which element meets which weight.
struct depthwise_shape final {
  depthwise_axis down{};
  depthwise_axis across{};
  int pads = 0;  // 1: padding is an element of a given value; 0: it is left out
};

/// Where a tile stands.
///
/// @shape  x: [rows, columns, channels]; w: [taps down, taps across, channels]
template <class Element, class Weight>
struct depthwise_place final {
  const Element* x;  // the first element, which may be padding
  std::ptrdiff_t x_row;
  std::ptrdiff_t x_pixel;
  const Weight* w;
  std::ptrdiff_t w_row;
  std::ptrdiff_t w_pixel;
  range rows;     // those that lie inside of the image
  range columns;  // likewise
  float pad;
  std::size_t row;       // of the first result, as the epilogue is told
  std::size_t row_step;  // from one line of results to the next
  std::size_t channels;
};

namespace detail {

// Which step's tap meets which element, as numbers: the compiler looks them up while it still
// decides which arrays become registers, but might not call a function by then.
template <depthwise_axis A>
struct meetings final {
  static constexpr auto extent = static_cast<std::size_t>(A.extent());

  int step[extent][static_cast<std::size_t>(A.taps)];
  bool any[extent];
  bool may_be_outside[extent];
};
template <depthwise_axis A>
constexpr meetings<A> find_meetings() {
  meetings<A> m{};
  for (int e = 0; e < A.extent(); ++e) {
    m.may_be_outside[e] = A.may_be_outside(e);
    for (int t = 0; t < A.taps; ++t) {
      m.step[e][t] = A.step_at(e, t);
      m.any[e] = m.any[e] || m.step[e][t] >= 0;
    }
  }
  return m;
}
template <depthwise_axis A>
inline constexpr meetings<A> met = find_meetings<A>();

// Columns hang on one base pointer in fives: base + {0, 1, 2, 4} s and base + (3 s).
inline constexpr std::size_t columns_per_pointer = 5;

template <std::size_t Columns, class Element>
class column_cursor final {
 public:
  KILN_INLINE column_cursor(const Element* first, std::ptrdiff_t pixel)
      : pixel_(pixel),
        three_(3 * pixel) {
    gemm::each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA {
      base_[i] = first + static_cast<std::ptrdiff_t>(columns_per_pointer * i) * pixel;
      simd::keep_in_register(base_[i]);
    });
  }
  [[nodiscard]] KILN_INLINE const Element* at(std::size_t column) const {
    const auto inner = column % columns_per_pointer;
    const Element* base = base_[column / columns_per_pointer];
    return inner == 3 ? base + three_ : base + static_cast<std::ptrdiff_t>(inner) * pixel_;
  }
  KILN_INLINE void advance(std::ptrdiff_t elems) {
    gemm::each<pointers>([&](std::size_t i) KILN_INLINE_LAMBDA { base_[i] += elems; });
  }

 private:
  static constexpr std::size_t pointers = (Columns + columns_per_pointer - 1) / columns_per_pointer;

  const Element* base_[pointers];
  std::ptrdiff_t pixel_;
  std::ptrdiff_t three_;
};

// Where an epilogue counts in integers, the sums of integers are exact in floats as well: 49
// products of at most 255 * 128 stay below 2^24. Whatever it starts with is added in its own type.
template <class Epilogue, class State, class Lanes>
KILN_INLINE simd::pack start_of(
    const Epilogue& ep, State& state, std::size_t row, std::size_t col, Lanes m) {
  using start_type = decltype(ep.start(state, row, col, m));
  if constexpr (std::is_same_v<start_type, simd::pack>) {
    return ep.start(state, row, col, m);
  } else {
    return simd::zero();
  }
}
template <class Epilogue, class State, class Lanes>
KILN_INLINE void finish_with(
    const Epilogue& ep, State& state, std::size_t row, std::size_t col, simd::pack sum, Lanes m) {
  using start_type = decltype(ep.start(state, row, col, m));
  if constexpr (std::is_same_v<start_type, simd::pack>) {
    ep.finish(state, row, col, sum, m);
  } else {
    ep.finish(state, row, col, simd::to_int(sum) + ep.start(state, row, col, m), m);
  }
}

// One element of the image, or the padding, to all the sums that see it.
template <depthwise_shape S, class Sums, class Weights>
KILN_INLINE void add_element(
    std::size_t y, std::size_t j, simd::pack x, const Weights& weights, Sums& sums) {
  constexpr auto taps = static_cast<std::size_t>(S.across.taps);
  gemm::each<static_cast<std::size_t>(S.down.taps) * taps>([&](std::size_t i) KILN_INLINE_LAMBDA {
    const int line = met<S.down>.step[y][i / taps];
    const int p = met<S.across>.step[j][i % taps];
    if (line >= 0 && p >= 0) sums[line][p] = simd::fma(x, weights[i], sums[line][p]);
  });
}

// One pack of channels. Each row of the image passes by once and is added to the lines of results
// that see it: a line's sums live from its first row to its last, so that few are alive at a time.
template <depthwise_shape S, class Element, class Weight, class Lanes, class Epilogue>
KILN_INLINE void depthwise_pack(const depthwise_place<Element, Weight>& t,
                                std::size_t channel,
                                Lanes m,
                                const Epilogue& ep) {
  constexpr auto pixels = static_cast<std::size_t>(S.across.steps);
  constexpr auto taps = static_cast<std::size_t>(S.across.taps);
  constexpr std::size_t window = static_cast<std::size_t>(S.down.taps) * taps;
  constexpr auto rows = static_cast<std::size_t>(S.down.extent());
  constexpr auto columns = static_cast<std::size_t>(S.across.extent());
  auto state = ep.columns(channel, m);
  simd::pack sums[static_cast<std::size_t>(S.down.steps)][pixels];
  simd::pack weights[window];
  column_cursor<columns, Element> column(t.x + channel, t.x_pixel);
  gemm::each<window>([&](std::size_t i) KILN_INLINE_LAMBDA {
    const auto r = static_cast<std::ptrdiff_t>(i / taps);
    const auto s = static_cast<std::ptrdiff_t>(i % taps);
    weights[i] = simd::load_as(t.w + channel + r * t.w_row + s * t.w_pixel, m);
  });
  const auto is_inside = [](range inside, std::size_t i) KILN_INLINE_LAMBDA {
    const auto at = static_cast<std::ptrdiff_t>(i);
    return at >= inside.first && at < inside.last;
  };
  const auto pad = [&](std::size_t y, std::size_t j) KILN_INLINE_LAMBDA {
    if (S.pads != 0) add_element<S>(y, j, t.pad, weights, sums);
  };
  const auto add_column = [&](std::size_t y, std::size_t j) KILN_INLINE_LAMBDA {
    if (!met<S.across>.any[j]) return;
    if (met<S.across>.may_be_outside[j] && !is_inside(t.columns, j)) return pad(y, j);
    add_element<S>(y, j, simd::load_as(column.at(j), m), weights, sums);
  };
  const auto add_row = [&](std::size_t y) KILN_INLINE_LAMBDA {
    if (!met<S.down>.any[y]) return;
    if (!met<S.down>.may_be_outside[y] || is_inside(t.rows, y)) {
      gemm::each<columns>([&](std::size_t j) KILN_INLINE_LAMBDA { add_column(y, j); });
    } else {
      gemm::each<columns>([&](std::size_t j) KILN_INLINE_LAMBDA { pad(y, j); });
    }
  };
  const auto row_of = [&](int line) KILN_INLINE_LAMBDA {
    return t.row + static_cast<std::size_t>(line) * t.row_step;
  };
  gemm::each<rows>([&](std::size_t y) KILN_INLINE_LAMBDA {
    const int begins = met<S.down>.step[y][0];
    const int ends = met<S.down>.step[y][S.down.taps - 1];
    if (begins >= 0) {
      gemm::each<pixels>([&](std::size_t p) KILN_INLINE_LAMBDA {
        sums[begins][p] = start_of(ep, state, row_of(begins) + p, channel, m);
      });
    }
    add_row(y);
    column.advance(t.x_row);
    if (ends >= 0) {
      gemm::each<pixels>([&](std::size_t p) KILN_INLINE_LAMBDA {
        finish_with(ep, state, row_of(ends) + p, channel, sums[ends][p], m);
      });
    }
  });
}

}  // namespace detail

/// start(), then += x * w over the taps, row by row, then finish(), for the tile's results and all
/// channels.
///
/// @cost      a multiply-add a tap and result; each element of the image is loaded once
/// @errors    none
/// @accuracy  each result is one chain over (r, s) ascending: |error| <= k eps sum |x w|
template <depthwise_shape S, class Element, class Weight, class Epilogue>
[[gnu::noinline]] void depthwise_tile(const depthwise_place<Element, Weight>& t,
                                      const Epilogue& ep) noexcept {
  std::size_t c = 0;
  for (; c + simd::lanes <= t.channels; c += simd::lanes) {
    detail::depthwise_pack<S>(t, c, simd::all_lanes{}, ep);
  }
  if (c < t.channels) detail::depthwise_pack<S>(t, c, simd::first(t.channels - c), ep);
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::conv2d
