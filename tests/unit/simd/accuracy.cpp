// SPDX-License-Identifier: MIT
// Tests of the measure of error that the other tests use.
#include <kiln/simd/accuracy.hpp>

#include <doctest/doctest.h>

#include "sweep.hpp"
#include <cmath>
#include <limits>

namespace accuracy = kiln::simd::accuracy;
using kiln::test::sweep;
using kiln::test::units_off;

// What a function of one rounding reaches is 0.5; what loses three bits is 4 and more.
static_assert(accuracy::exp > 0.5 && accuracy::exp < 4);
static_assert(accuracy::log > 0.5 && accuracy::log < 4);
static_assert(accuracy::tanh > 0.5 && accuracy::tanh < 4);
static_assert(accuracy::pow > 0.5 && accuracy::pow < 4);

TEST_CASE("errors are counted in units of the last place") {
  CHECK(units_off(1.0F, 1.0) == 0);
  CHECK(units_off(1.0F, 1.0 + 0x1p-24) == 0.5);
  CHECK(units_off(std::nextafter(1.0F, 2.0F), 1.0) == 1);
  CHECK(units_off(-0x1p-149F, 0.0) == 1);
  CHECK(units_off(0.0F, 0x1p-127) == 0x1p22);
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK(std::isinf(units_off(NAN, 1.0)));
  CHECK(std::isinf(units_off(1.0F, std::numeric_limits<double>::quiet_NaN())));
  CHECK(std::isinf(units_off(infinity, 1.0)));
  CHECK(units_off(infinity, 1e39) == 0);
  CHECK(units_off(NAN, std::numeric_limits<double>::quiet_NaN()) == 0);
}

TEST_CASE("a sweep finds a function that is wrong in one corner") {
  const auto identity = [](double x) { return x; };
  const auto same = [](kiln::simd::pack x) { return x; };
  const auto flushes = [](kiln::simd::pack x) {
    return kiln::simd::select(kiln::simd::abs(x) < 0x1p-126F, kiln::simd::pack(0), x);
  };
  const auto loses_infinity = [](kiln::simd::pack x) {
    return kiln::simd::min_or_second(std::numeric_limits<float>::max(), x);
  };
  CHECK(sweep(same, identity).worst == 0);
  CHECK(sweep(flushes, identity).worst > 1);
  CHECK(std::isinf(sweep(loses_infinity, identity).worst));
}
