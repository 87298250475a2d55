// SPDX-License-Identifier: MIT
// Tests of exp, exp2, expm1, sigmoid and tanh against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/exponential.hpp>

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

TEST_CASE("exp") {
  const auto function = [](pack x) { return core::exp(x); };
  const auto exact = [](double x) { return core::exp(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::exp);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::exp);
  CHECK(dense.worst > 0.25 * accuracy::exp);  // the published bound is not a guess
}

TEST_CASE("exp2") {
  const auto function = [](pack x) { return core::exp2(x); };
  const auto exact = [](double x) { return core::exp2(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::exp2);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::exp2);
  CHECK(dense.worst > 0.25 * accuracy::exp2);  // the published bound is not a guess
}

TEST_CASE("expm1") {
  const auto function = [](pack x) { return core::expm1(x); };
  const auto exact = [](double x) { return core::expm1(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::expm1);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::expm1);
  CHECK(dense.worst > 0.25 * accuracy::expm1);  // the published bound is not a guess
}

TEST_CASE("sigmoid") {
  const auto function = [](pack x) { return core::sigmoid(x); };
  const auto exact = [](double x) { return core::sigmoid(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::sigmoid);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::sigmoid);
  CHECK(dense.worst > 0.25 * accuracy::sigmoid);  // the published bound is not a guess
}

TEST_CASE("tanh") {
  const auto function = [](pack x) { return core::tanh(x); };
  const auto exact = [](double x) { return core::tanh(x); };
  const auto all = sweep(function, exact);
  CAPTURE(all.at);
  CHECK(all.worst <= accuracy::tanh);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000);
  CAPTURE(dense.at);
  CHECK(dense.worst <= accuracy::tanh);
  CHECK(dense.worst > 0.25 * accuracy::tanh);  // the published bound is not a guess
}

TEST_CASE("exp is right where it is almost infinite and almost zero") {
  const auto exact = [](double x) { return std::exp(x); };
  const auto function = [](pack x) { return core::exp(x); };
  CHECK(sweep_interval(function, exact, 88.3F, 88.7228F, 20000).worst <= accuracy::exp);
  CHECK(sweep_interval(function, exact, -104.0F, -87.0F, 20000).worst <= accuracy::exp);
  CHECK(lane(core::exp(pack(88.73F))) == infinity);
  CHECK(lane(core::exp(pack(-104.0F))) == 0.0F);
  CHECK(lane(core::exp(pack(-103.0F))) > 0.0F);
  CHECK(lane(core::expm1(pack(88.7F))) < infinity);
}

TEST_CASE("sigmoid and tanh end where they shall") {
  CHECK(lane(core::sigmoid(pack(-infinity))) == 0.0F);
  CHECK(lane(core::sigmoid(pack(-100.0F))) > 0.0F);
  CHECK(lane(core::sigmoid(pack(infinity))) == 1.0F);
  CHECK(lane(core::tanh(pack(-infinity))) == -1.0F);
  CHECK(std::signbit(lane(core::tanh(pack(-0.0F)))));
}
