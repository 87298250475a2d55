// SPDX-License-Identifier: MIT
// Tests of exp, exp2, expm1, sigmoid and tanh against their published errors.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/exponential.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
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

TEST_CASE("exp") { check_accuracy(core::exp, core::exp, accuracy::exp); }
TEST_CASE("exp2") { check_accuracy(core::exp2, core::exp2, accuracy::exp2); }
TEST_CASE("expm1") { check_accuracy(core::expm1, core::expm1, accuracy::expm1); }
TEST_CASE("sigmoid") { check_accuracy(core::sigmoid, core::sigmoid, accuracy::sigmoid); }
TEST_CASE("tanh") { check_accuracy(core::tanh, core::tanh, accuracy::tanh); }

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

TEST_CASE("what underflows is 0 by comparison, beside lanes that do not") {
  std::array<float, kiln::simd::lanes> x{};
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = i % 2 == 0 ? -std::numeric_limits<float>::max() : static_cast<float>(i);
  }
  const auto y = kiln::simd::to_array(core::exp(kiln::simd::from_array(x)));
  const auto z = kiln::simd::to_array(core::exp2(kiln::simd::from_array(x)));
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK((y[i] == 0.0F) == (i % 2 == 0));
    CHECK((z[i] == 0.0F) == (i % 2 == 0));
  }
  CHECK(lane(core::exp2(pack(-150.0F))) == 0.0F);
  CHECK(lane(core::exp2(pack(-149.0F))) == 0x1p-149F);
}

TEST_CASE("sigmoid and tanh end where they shall") {
  CHECK(lane(core::sigmoid(pack(-infinity))) == 0.0F);
  CHECK(lane(core::sigmoid(pack(-100.0F))) > 0.0F);
  CHECK(lane(core::sigmoid(pack(infinity))) == 1.0F);
  CHECK(lane(core::tanh(pack(-infinity))) == -1.0F);
  CHECK(std::signbit(lane(core::tanh(pack(-0.0F)))));
}
