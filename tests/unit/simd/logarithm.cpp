// SPDX-License-Identifier: MIT
// Tests of log, log2, log1p and softplus against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/logarithm.hpp>

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

TEST_CASE("log") {
  const auto function = [](pack x) { return core::log(x); };
  const auto exact = [](double x) { return core::log(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::log);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::log);
  CHECK(dense.worst > 0.25 * accuracy::log);  // the published bound is not a guess
}

TEST_CASE("log2") {
  const auto function = [](pack x) { return core::log2(x); };
  const auto exact = [](double x) { return core::log2(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::log2);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::log2);
  CHECK(dense.worst > 0.25 * accuracy::log2);  // the published bound is not a guess
}

TEST_CASE("log1p") {
  const auto function = [](pack x) { return core::log1p(x); };
  const auto exact = [](double x) { return core::log1p(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::log1p);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::log1p);
  CHECK(dense.worst > 0.25 * accuracy::log1p);  // the published bound is not a guess
}

TEST_CASE("softplus") {
  const auto function = [](pack x) { return core::softplus(x); };
  const auto exact = [](double x) { return core::softplus(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::softplus);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::softplus);
  CHECK(dense.worst > 0.25 * accuracy::softplus);  // the published bound is not a guess
}

TEST_CASE("logarithms of what is not positive") {
  CHECK(lane(core::log(pack(0))) == -infinity);
  CHECK(lane(core::log(pack(-0.0F))) == -infinity);
  CHECK(std::isnan(lane(core::log(pack(-1)))));
  CHECK(lane(core::log(pack(infinity))) == infinity);
  CHECK(lane(core::log2(pack(0))) == -infinity);
  CHECK(std::isnan(lane(core::log2(pack(-infinity)))));
  CHECK(lane(core::log1p(pack(-1))) == -infinity);
  CHECK(std::isnan(lane(core::log1p(pack(-1.5F)))));
  CHECK(lane(core::log1p(pack(infinity))) == infinity);
  CHECK(lane(core::softplus(pack(infinity))) == infinity);
  CHECK(lane(core::softplus(pack(-infinity))) == 0.0F);
}

TEST_CASE("log2 of a power of two is its exponent") {
  for (int k = -149; k <= 127; ++k) CHECK(lane(core::log2(pack(std::ldexp(1.0F, k)))) == k);
}
