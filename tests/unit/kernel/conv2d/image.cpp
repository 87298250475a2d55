// SPDX-License-Identifier: MIT
// Tap arithmetic against its definition, and packs of spaced elements.
#include <kiln/kernel/conv2d/image.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;

namespace {

constexpr bool is_inside(const conv2d::window& w,
                         std::ptrdiff_t extent,
                         std::ptrdiff_t step,
                         std::ptrdiff_t tap) {
  const std::ptrdiff_t at = step * w.stride - w.before + tap * w.dilation;
  return at >= 0 && at < extent;
}

// Tap by tap what the formulas say at once.
constexpr bool agree(const conv2d::window& w, std::ptrdiff_t extent, std::ptrdiff_t steps) {
  const conv2d::range whole = conv2d::whole_steps(w, extent, steps);
  for (std::ptrdiff_t step = 0; step < steps; ++step) {
    const conv2d::range taps = conv2d::taps_inside(w, extent, step);
    bool all = true;
    for (std::ptrdiff_t tap = 0; tap < w.taps; ++tap) {
      const bool inside = is_inside(w, extent, step, tap);
      all = all && inside;
      const conv2d::range some = conv2d::steps_inside(w, extent, steps, tap);
      if (inside != (tap >= taps.first && tap < taps.last)) return false;
      if (inside != (step >= some.first && step < some.last)) return false;
    }
    if (all != (step >= whole.first && step < whole.last)) return false;
  }
  return true;
}

static_assert(agree({.taps = 3, .before = 1}, 5, 5));
static_assert(agree({.taps = 3, .stride = 2, .dilation = 3, .before = 5}, 7, 6));

}  // namespace

TEST_CASE("which taps and steps lie inside") {
  for (std::ptrdiff_t taps = 1; taps <= 4; ++taps) {
    for (std::ptrdiff_t stride = 1; stride <= 3; ++stride) {
      for (std::ptrdiff_t dilation = 1; dilation <= 3; ++dilation) {
        for (std::ptrdiff_t before = -4; before <= 7; ++before) {
          for (std::ptrdiff_t extent = 1; extent <= 6; ++extent) {
            CHECK(agree({taps, stride, dilation, before}, extent, 7));
          }
        }
      }
    }
  }
}

TEST_CASE("elements side by side and apart, of every kind") {
  constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
  const auto check = [&]<class Element>(Element, auto of) {
    for (std::ptrdiff_t count = 1; count <= lanes; ++count) {
      std::vector<Element> close(static_cast<std::size_t>(count));
      std::vector<Element> apart(static_cast<std::size_t>(3 * count - 2));
      for (std::size_t i = 0; i < close.size(); ++i)
        close[i] = apart[3 * i] = of(static_cast<float>(i + 1));
      const auto m = simd::first(static_cast<std::size_t>(count));
      const auto one = simd::to_array(
          conv2d::load_spaced<conv2d::spacing::contiguous>(close.data(), 1, count, m));
      const auto other =
          simd::to_array(conv2d::load_spaced<conv2d::spacing::strided>(apart.data(), 3, count, m));
      for (std::size_t i = 0; i < simd::lanes; ++i) {
        const float expected = i < close.size() ? conv2d::to_float(close[i]) : 0.0F;
        CHECK(one[i] == expected);
        CHECK(other[i] == expected);
      }
    }
  };
  check(0.0F, [](float x) { return x; });
  check(kiln::core::bf16{}, [](float x) { return kiln::core::to_bf16(x); });
  check(kiln::core::f16{}, [](float x) { return kiln::core::to_f16(x); });
  check(std::int8_t{}, [](float x) { return static_cast<std::int8_t>(-x); });
}
