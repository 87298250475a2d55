// SPDX-License-Identifier: MIT
// Tests of pow: the special cases of C, and the published error.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/power.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <support/sweep.hpp>

namespace accuracy = kiln::simd::accuracy;
namespace core = kiln::core;
using kiln::simd::pack;
using kiln::test::units_off;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

float power(float x, float y) { return kiln::simd::to_array(core::pow(pack(x), pack(y)))[0]; }

double units_off_power(float x, float y) {
  return units_off(power(x, y), std::pow(static_cast<double>(x), static_cast<double>(y)));
}

}  // namespace

TEST_CASE("the special cases of C") {
  constexpr float special[] = {
      0.0F,       -0.0F,       1.0F,        -1.0F,      2.0F,   -2.0F,       3.0F,
      -3.0F,      0.5F,        -0.5F,       1.5F,       -2.5F,  infinity,    -infinity,
      NAN,        0x1p-149F,   -0x1p-149F,  3e38F,      -3e38F, 16777216.0F, 16777215.0F,
      8388607.0F, -8388607.0F, 0.99999994F, 1.0000001F, 0.75F,  1.4999999F,  1.5000001F,
  };
  for (const float x : special) {
    for (const float y : special) {
      CAPTURE(x);
      CAPTURE(y);
      CHECK(units_off_power(x, y) <= accuracy::pow);
      const float exact = std::pow(x, y);
      if (!std::isnan(exact)) CHECK(std::signbit(power(x, y)) == std::signbit(exact));
    }
  }
}

TEST_CASE("results over the whole range") {
  std::mt19937 random(7);  // fixed seed
  std::uniform_real_distribution<double> unit(-1, 1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    auto x = std::bit_cast<float>(static_cast<std::uint32_t>(random()) & 0x7fffffffU);
    if (!std::isfinite(x)) continue;
    if (i % 2 == 0) x = static_cast<float>(std::exp(0.4 * unit(random)));
    const double logarithm = std::max(std::fabs(std::log2(static_cast<double>(x))), 1e-9);
    const auto y = static_cast<float>(unit(random) * 150 / logarithm);  // x^y from 2^-150 to 2^150
    worst = std::max(worst, units_off_power(x, y));
  }
  CHECK(worst <= accuracy::pow);
  CHECK(worst > 0.5);
}
