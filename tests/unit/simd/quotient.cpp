// SPDX-License-Identifier: MIT
// Division by known numbers, against the processor's own: floats of all sizes, and those around
// every half that a quantize has to decide. With KILN_EVERY_FLOAT, all 2^32 of them.
#include <kiln/simd/pack.hpp>
#include <kiln/simd/quotient.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace simd = kiln::simd;

namespace {

constexpr float largest = std::numeric_limits<float>::max();

// Near powers of two, with one bits throughout, the reciprocals that are off by most, and some that
// scales are.
constexpr float divisors[] = {1.0F,
                              0x1.000002p0F,
                              0x1.fffffep0F,
                              0x1.fffffcp-7F,
                              0.02F,
                              0.1F,
                              0x1.6a09e6p0F,
                              0x1.6a09e8p0F,
                              127.0F,
                              1.0F / 255,
                              3.0F,
                              0x1.555556p-2F,
                              0x1p-100F,
                              0x1p100F,
                              0x1.fffffep-101F,
                              0x1p-130F,
                              0x1.8p120F,
                              largest,
                              -0.5F};

// Whether lanes are the quotients, as far as they are promised.
bool are_quotients(simd::pack x, float d) {
  const simd::pack found = simd::quotient(x, simd::pack(d), simd::pack(1.0F) / simd::pack(d));
  const simd::pack exact = x / simd::pack(d);
  const auto equal = (found == exact) | (simd::is_nan(found) & simd::is_nan(exact));
  const auto tiny = simd::abs(x) < simd::pack(0x1p-102F);
  const auto near = tiny & (simd::abs(found - exact) <= simd::pack(0x1p-49F));
  return simd::all(equal | near);
}

// Floats whose bits are these, and every `stride`-th behind them.
simd::pack floats_from(std::uint32_t bits, std::uint32_t stride) {
  std::array<float, simd::lanes> x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = std::bit_cast<float>(bits + static_cast<std::uint32_t>(i) * stride);
  }
  return simd::from_array(x);
}

#ifdef KILN_EVERY_FLOAT
constexpr std::uint32_t stride = 1;
#else
constexpr std::uint32_t stride = 40009;
#endif

}  // namespace

TEST_CASE("floats of all sizes, infinities and NaN") {
  for (const float d : divisors) {
    CAPTURE(d);
    bool right = true;
    for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += stride * simd::lanes) {
      right = right && are_quotients(floats_from(static_cast<std::uint32_t>(bits), stride), d);
    }
    CHECK(right);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const float edge : {infinity, -infinity, std::nanf(""), largest, -largest, 0.0F, -0.0F}) {
      CHECK(are_quotients(simd::pack(edge), d));
    }
  }
}
TEST_CASE("what lies around halves") {
  bool right = true;
  for (std::uint32_t n = 0; n < 4000; ++n) {
    const float d = std::bit_cast<float>(0x3c000000U + n * 16661);  // within [2^-7, 2^1)
    for (int half = 1; half < 512; half += 2) {
      const float middle = static_cast<float>(half) / 2 * d;
      const auto bits = std::bit_cast<std::uint32_t>(middle) - 7;
      for (std::uint32_t i = 0; i < 16; i += static_cast<std::uint32_t>(simd::lanes)) {
        right = right && are_quotients(floats_from(bits + i, 1), d);
      }
    }
  }
  CHECK(right);
}
