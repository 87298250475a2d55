// SPDX-License-Identifier: MIT
// Chunks of weights: that they cover all taps in order, fit their buffer, and are copied rightly.
#include <kiln/kernel/conv2d/block.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;
using conv2d::reach;
using conv2d::spacing;
using product_test::guarded;

namespace {

constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);

static_assert(conv2d::sizes{.c = 4, .f = 4, .groups = 4}.is_depthwise());
static_assert(!conv2d::sizes{.c = 4, .f = 8, .groups = 4}.is_depthwise());

template <spacing Outputs, class Lanes, std::size_t Packs>
using block_of =
    conv2d::filter_block<Packs,
                         reach::group,
                         conv2d::operands<conv2d::image<>, conv2d::filters<float, Outputs>>,
                         Lanes>;

conv2d::sizes sizes_of(std::ptrdiff_t r, std::ptrdiff_t s, std::ptrdiff_t c, std::ptrdiff_t f) {
  return {.b = 1,
          .h = r,
          .w = s,
          .c = c,
          .f = f,
          .out_h = 1,
          .out_w = 1,
          .down = {.taps = r},
          .across = {.taps = s}};
}

// Every tap once, in order, and no chunk too large.
template <std::size_t Packs>
bool covers(std::ptrdiff_t r, std::ptrdiff_t s, std::ptrdiff_t c) {
  using block = block_of<spacing::contiguous, simd::all_lanes, Packs>;
  const block some({{}, {}, sizes_of(r, s, c, lanes)}, lanes, {});
  std::ptrdiff_t next = 0;
  bool right = true;
  int chunks = 0;
  some.each_chunk([&](const conv2d::chunk& part) {
    ++chunks;
    const std::ptrdiff_t taps = part.rows.size() * part.pixels.size() * part.channels.size();
    right =
        right && taps > 0 && static_cast<std::size_t>(taps) * block::width <= block::weight_elems;
    for (std::ptrdiff_t i = part.rows.first; i < part.rows.last; ++i) {
      for (std::ptrdiff_t j = part.pixels.first; j < part.pixels.last; ++j) {
        for (std::ptrdiff_t k = part.channels.first; k < part.channels.last; ++k, ++next) {
          right = right && (i * s + j) * c + k == next;
        }
      }
    }
  });
  return right && next == r * s * c && some.is_one_chunk() == (chunks == 1);
}

template <spacing Outputs, class Lanes, std::size_t Packs>
void check_copy(std::ptrdiff_t f, Lanes m) {
  CAPTURE(f);
  constexpr std::ptrdiff_t output = Outputs == spacing::contiguous ? 1 : 3;
  const auto s = sizes_of(2, 3, 4, f);
  const std::ptrdiff_t channel = (f - 1) * output + 2;
  guarded from(static_cast<std::size_t>(23 * channel + (f - 1) * output + 1));
  for (std::size_t i = 0; i < from.size(); ++i) from.data()[i] = static_cast<float>(i);
  using block = block_of<Outputs, Lanes, Packs>;
  const block some({{}, {from.data(), 12 * channel, 4 * channel, channel, output}, s}, f, m);
  // Row 1, pixels 1 and 2, channels 1 to 3.
  guarded to(2 * 3 * block::width);
  some.copy({{1, 2}, {1, 3}, {1, 4}}, to.data());
  const float* next = to.data();
  for (std::ptrdiff_t pixel = 1; pixel < 3; ++pixel) {
    for (std::ptrdiff_t c = 1; c < 4; ++c) {
      for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(block::width); ++k, ++next) {
        const float expected =
            from.data()[((3 + pixel) * 4 + c) * channel + (k < f ? k * output : 0)];
        CHECK(*next == (k < f ? expected : 0.0F));
      }
    }
  }
}

}  // namespace

TEST_CASE("chunks cover all taps in order") {
  for (const std::ptrdiff_t r : {1, 3, 7}) {
    for (const std::ptrdiff_t s : {1, 2, 7, 300}) {
      for (const std::ptrdiff_t c : {1, 3, 16, 64, 160, 161, 5000}) {
        CAPTURE(r);
        CAPTURE(s);
        CAPTURE(c);
        CHECK(covers<1>(r, s, c));
        CHECK(covers<2>(r, s, c));
      }
    }
  }
}

TEST_CASE("weights become whole packs, zeros behind the last filter") {
  for (std::ptrdiff_t f = 1; f <= lanes; ++f) {
    const auto m = simd::first(static_cast<std::size_t>(f));
    check_copy<spacing::contiguous, simd::mask, 1>(f, m);
    check_copy<spacing::strided, simd::mask, 1>(f, m);
  }
  check_copy<spacing::contiguous, simd::all_lanes, 2>(2 * lanes, {});
  check_copy<spacing::strided, simd::all_lanes, 2>(2 * lanes, {});
}
