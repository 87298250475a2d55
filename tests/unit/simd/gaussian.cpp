// SPDX-License-Identifier: MIT
// Tests of erf, erfc and gelu against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/gaussian.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/check_accuracy.hpp>
#include <support/sweep.hpp>

namespace accuracy = kiln::simd::accuracy;
namespace core = kiln::core;
using kiln::simd::pack;
using kiln::test::check_accuracy;
using kiln::test::lane;
using kiln::test::sweep_interval;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("erf") { check_accuracy(core::erf, core::erf, accuracy::erf); }
TEST_CASE("erfc") { check_accuracy(core::erfc, core::erfc, accuracy::erfc); }
TEST_CASE("gelu") { check_accuracy(core::gelu, core::gelu, accuracy::gelu); }

TEST_CASE("gelu keeps its relative accuracy until it vanishes") {
  const auto function = [](pack x) { return core::gelu(x); };
  const auto exact = [](double x) { return core::gelu(x); };
  CHECK(sweep_interval(function, exact, -14.5F, -3.0F, 50000).worst <= accuracy::gelu);
  CHECK(lane(core::gelu(pack(-13.0F))) < 0.0F);
  CHECK(lane(core::gelu(pack(-infinity))) == 0.0F);
  CHECK(lane(core::gelu(pack(infinity))) == infinity);
}

TEST_CASE("erfc keeps its relative accuracy until it vanishes") {
  const auto function = [](pack x) { return core::erfc(x); };
  const auto exact = [](double x) { return std::erfc(x); };
  CHECK(sweep_interval(function, exact, 3.0F, 10.2F, 50000).worst <= accuracy::erfc);
  CHECK(lane(core::erfc(pack(-infinity))) == 2.0F);
  CHECK(lane(core::erf(pack(infinity))) == 1.0F);
}
