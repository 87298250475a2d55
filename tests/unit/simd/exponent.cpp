// SPDX-License-Identifier: MIT
// Tests of splitting and scaling by powers of two.
#include <kiln/simd/exponent.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/sweep.hpp>

namespace simd = kiln::simd;
using kiln::test::lane;
using simd::pack;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("powers of two are exact") {
  for (int k = -126; k <= 127; ++k) {
    CHECK(lane(simd::power_of_two(pack(k))) == std::ldexp(1.0F, k));
  }
}

TEST_CASE("scaling rounds once, into denormals and into infinity") {
  for (const float x : {1.0F, 0.7071068F, 1.4142135F, 1.9999999F, -1.3333334F, 0.0F}) {
    for (int k = -250; k <= 250; ++k) {
      CAPTURE(x);
      CAPTURE(k);
      CHECK(lane(simd::scale(pack(x), pack(k))) == std::ldexp(x, k));
    }
  }
  CHECK(std::isnan(lane(simd::scale(pack(NAN), pack(3)))));
}

TEST_CASE("scaling below a limit is 0 without being computed") {
  CHECK(lane(simd::scale_from(-5.0F, pack(-5.0F), pack(1.5F), pack(3))) == 12.0F);
  CHECK(lane(simd::scale_from(-5.0F, pack(-5.1F), pack(1.5F), pack(3))) == 0.0F);
  CHECK(lane(simd::scale_from(-5.0F, pack(NAN), pack(1.5F), pack(3))) == 12.0F);
  CHECK(lane(simd::scale_from(-5.0F, pack(7.0F), pack(1.5F), pack(-149))) == 0x1p-148F);
}

TEST_CASE("fraction and exponent give the number back") {
  const auto whole = kiln::test::sweep(
      [](pack x) {
        const pack positive = simd::abs(x);
        const auto [fraction, exponent] = simd::split(positive);
        const simd::lane_mask good = (fraction >= pack(0.75F)) & (fraction < pack(1.5F));
        const simd::lane_mask usual = (positive > pack(0)) & (positive < pack(infinity));
        const pack back = simd::select(good, simd::scale(fraction, exponent), pack(-1));
        return simd::select(usual, back, positive);
      },
      [](double x) { return std::fabs(x); });
  CHECK(whole.worst == 0);
}

TEST_CASE("what has no fraction") {
  CHECK(lane(simd::split(pack(0)).exponent) == -infinity);
  CHECK(lane(simd::split(pack(-0.0F)).exponent) == -infinity);
  CHECK(lane(simd::split(pack(infinity)).exponent) == infinity);
  CHECK(std::isnan(lane(simd::split(pack(NAN)).exponent)));
  CHECK(std::isnan(lane(simd::split(pack(-1)).fraction)));
  CHECK(std::isnan(lane(simd::split(pack(-infinity)).fraction)));
}

TEST_CASE("a product in two parts is exact") {
  for (const float a : {1.0F, 1.1F, -3.3333333F, 16777215.0F, 1e-10F}) {
    for (const float b : {1.0F, 0.3F, 7.7777777F, -16777213.0F, 1e10F}) {
      const auto [high, low] = simd::multiply_exactly(pack(a), pack(b));
      const double exact = static_cast<double>(a) * static_cast<double>(b);
      CHECK(static_cast<double>(lane(high)) + static_cast<double>(lane(low)) == exact);
      CHECK(lane(high) == static_cast<float>(exact));
    }
  }
}

TEST_CASE("what a division leaves is exact") {
  for (const float a : {1.0F, 1.1F, 3.3333333F, 1.4142135F}) {
    for (const float b : {1.0F, 0.3F, 7.7777777F, 12.345679F}) {
      const float q = a / b;
      const double left = static_cast<double>(a) - static_cast<double>(b) * static_cast<double>(q);
      CHECK(static_cast<double>(lane(simd::remainder(pack(a), pack(b), pack(q)))) == left);
    }
  }
}

TEST_CASE("polynomials take their coefficients from the constant on") {
  CHECK(lane(simd::horner(pack(2), 5.0F)) == 5.0F);
  CHECK(lane(simd::horner(pack(2), 1.0F, 3.0F, 5.0F)) == 27.0F);
}
