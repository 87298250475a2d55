// SPDX-License-Identifier: MIT
// Tests of the rough functions against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/rough.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/check_accuracy.hpp>
#include <support/sweep.hpp>

namespace bound = kiln::simd::accuracy::rough;
namespace core = kiln::core;
namespace rough = kiln::simd::rough;
using kiln::simd::pack;
using kiln::test::lane;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

double off(float actual, double exact) {
  return kiln::test::relatively_off(actual, exact, bound::least);
}

/// The instruction sets differ in how rough they are, so the bounds are less tight.
template <class Function, class Exact>
void check(Function function, Exact exact, double most, double tightness = 0.1) {
  kiln::test::check_accuracy(function, exact, most, off, tightness);
}

}  // namespace

TEST_CASE("exp") { check(rough::exp, core::exp, bound::exp); }
TEST_CASE("exp2") { check(rough::exp2, core::exp2, bound::exp2); }
TEST_CASE("expm1") { check(rough::expm1, core::expm1, bound::expm1, 0); }
TEST_CASE("sigmoid") { check(rough::sigmoid, core::sigmoid, bound::sigmoid); }
TEST_CASE("tanh") { check(rough::tanh, core::tanh, bound::tanh); }
TEST_CASE("erf") { check(rough::erf, core::erf, bound::erf); }
TEST_CASE("erfc") { check(rough::erfc, core::erfc, bound::erfc); }
TEST_CASE("gelu") { check(rough::gelu, core::gelu, bound::gelu); }
TEST_CASE("log") { check(rough::log, core::log, bound::log); }
TEST_CASE("log2") { check(rough::log2, core::log2, bound::log2); }
TEST_CASE("log1p") { check(rough::log1p, core::log1p, bound::log1p); }
TEST_CASE("softplus") { check(rough::softplus, core::softplus, bound::softplus); }
TEST_CASE("rsqrt") { check(rough::rsqrt, core::rsqrt, bound::rsqrt, 0); }

TEST_CASE("what grows until it overflows and shrinks until it vanishes") {
  CHECK(lane(rough::exp(pack(88.0F))) < infinity);
  CHECK(lane(rough::exp(pack(89.0F))) == infinity);
  CHECK(lane(rough::exp(pack(-83.0F))) > 0.0F);
  CHECK(lane(rough::exp(pack(-1e30F))) == 0.0F);
  CHECK(lane(rough::gelu(pack(-12.0F))) < 0.0F);
  CHECK(lane(rough::gelu(pack(-infinity))) == 0.0F);
  CHECK(lane(rough::sigmoid(pack(-infinity))) == 0.0F);
  CHECK(lane(rough::softplus(pack(-infinity))) == 0.0F);
}

TEST_CASE("the signs of zero, and the logarithm's edges") {
  CHECK(std::signbit(lane(rough::tanh(pack(-0.0F)))));
  CHECK(std::signbit(lane(rough::erf(pack(-0.0F)))));
  CHECK(lane(rough::log(pack(0.0F))) == -infinity);
  CHECK(std::isnan(lane(rough::log(pack(-1.0F)))));
  CHECK(lane(rough::log1p(pack(-1.0F))) == -infinity);
  CHECK(lane(rough::rsqrt(pack(0.0F))) == infinity);
}
