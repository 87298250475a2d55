// SPDX-License-Identifier: MIT
// Tests of the measure of error that the other tests use.
#include <kiln/simd/accuracy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <support/sweep.hpp>

namespace accuracy = kiln::simd::accuracy;
using kiln::test::relatively_off;
using kiln::test::sweep;
using kiln::test::units_off;

// No function has more than four units, no rough one more than bf16 can tell.
static_assert(std::max({accuracy::exp,
                        accuracy::exp2,
                        accuracy::expm1,
                        accuracy::log,
                        accuracy::log2,
                        accuracy::log1p,
                        accuracy::tanh,
                        accuracy::sigmoid,
                        accuracy::softplus,
                        accuracy::erf,
                        accuracy::erfc,
                        accuracy::gelu,
                        accuracy::pow,
                        accuracy::rsqrt})
              <= 4);
static_assert(std::max({accuracy::rough::exp,
                        accuracy::rough::exp2,
                        accuracy::rough::expm1,
                        accuracy::rough::log,
                        accuracy::rough::log2,
                        accuracy::rough::log1p,
                        accuracy::rough::tanh,
                        accuracy::rough::sigmoid,
                        accuracy::rough::softplus,
                        accuracy::rough::erf,
                        accuracy::rough::erfc,
                        accuracy::rough::gelu,
                        accuracy::rough::rsqrt})
              <= 0x1p-8);

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

TEST_CASE("relative errors count beyond the absolute one") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float greatest = std::numeric_limits<float>::max();
  CHECK(relatively_off(2.5F, 2.0, 0) == 0.25);
  CHECK(relatively_off(2.5F, 2.0, 0.25) == 0.125);
  CHECK(relatively_off(0.0F, 0x1p-130, 0x1p-120) == 0);
  CHECK(relatively_off(0.0F, 0x1p-119, 0x1p-120) == 0.5);
  CHECK(relatively_off(infinity, static_cast<double>(greatest), 0) == 0);
  CHECK(relatively_off(greatest, 1e39, 0) == 0);
  CHECK(std::isinf(relatively_off(-infinity, static_cast<double>(greatest), 0)));
  CHECK(std::isinf(relatively_off(infinity, 1e38, 0)));
  CHECK(std::isinf(relatively_off(NAN, 1.0, 1.0)));
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
