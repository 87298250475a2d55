// SPDX-License-Identifier: MIT
// Tests of erf, erfc and gelu against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/gaussian.hpp>

#include <doctest/doctest.h>

#include "sweep.hpp"
#include <cmath>
#include <limits>

namespace accuracy = kiln::simd::accuracy;
namespace core = kiln::core;
using kiln::simd::pack;
using kiln::test::sweep;
using kiln::test::sweep_interval;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

float lane(pack x) { return kiln::simd::to_array(x)[0]; }

}  // namespace

TEST_CASE("erf") {
  const auto function = [](pack x) { return core::erf(x); };
  const auto exact = [](double x) { return core::erf(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::erf);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::erf);
  CHECK(dense.worst > 0.25 * accuracy::erf);  // the published bound is not a guess
}

TEST_CASE("erfc") {
  const auto function = [](pack x) { return core::erfc(x); };
  const auto exact = [](double x) { return core::erfc(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::erfc);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::erfc);
  CHECK(dense.worst > 0.25 * accuracy::erfc);  // the published bound is not a guess
}

TEST_CASE("gelu") {
  const auto function = [](pack x) { return core::gelu(x); };
  const auto exact = [](double x) { return core::gelu(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::gelu);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::gelu);
  CHECK(dense.worst > 0.25 * accuracy::gelu);  // the published bound is not a guess
}

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
