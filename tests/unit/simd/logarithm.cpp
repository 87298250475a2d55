// SPDX-License-Identifier: MIT
// Tests of log, log2, log1p and softplus against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/logarithm.hpp>

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

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("log") { check_accuracy(core::log, core::log, accuracy::log); }
TEST_CASE("log2") { check_accuracy(core::log2, core::log2, accuracy::log2); }
TEST_CASE("log1p") { check_accuracy(core::log1p, core::log1p, accuracy::log1p); }
TEST_CASE("softplus") { check_accuracy(core::softplus, core::softplus, accuracy::softplus); }

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
