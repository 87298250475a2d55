// SPDX-License-Identifier: MIT
// Tests of the customisation points on scalars and on a type from elsewhere.
#include <kiln/core/math.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace core = kiln::core;

static_assert(core::max_or_second(0.0F, -2.0F) == 0.0F);
static_assert(core::min_or_second(0.0F, -2.0F) == -2.0F);
static_assert(core::max(1.0, 2.0) == 2.0 && core::min(1.0, 2.0) == 1.0);
static_assert(core::select(false, 1.0, 2.0) == 2.0);

namespace user {

// A number of another library: the functions are found in its namespace.
struct dual {
  double value, slope;
};
dual exp(const dual& x) { return {std::exp(x.value), std::exp(x.value) * x.slope}; }
dual max(const dual& a, const dual& b) { return a.value > b.value ? a : b; }
dual select(int condition, const dual& a, const dual& b) { return condition == 7 ? a : b; }

}  // namespace user

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

// One body for every kind of number, as operators are written.
template <class T>
T leaky(const T& x) {
  return core::select(x < T(0), T(0.25) * x, x);
}

}  // namespace

TEST_CASE_TEMPLATE("the functions are those of the standard library", T, float, double) {
  volatile T number = T(0.7);  // volatile: folded and computed results may differ in the last bit
  const T x = number;
  CHECK(core::exp(x) == std::exp(x));
  CHECK(core::exp2(x) == std::exp2(x));
  CHECK(core::expm1(x) == std::expm1(x));
  CHECK(core::log(x) == std::log(x));
  CHECK(core::log2(x) == std::log2(x));
  CHECK(core::log1p(x) == std::log1p(x));
  CHECK(core::tanh(x) == std::tanh(x));
  CHECK(core::erf(x) == std::erf(x));
  CHECK(core::erfc(x) == std::erfc(x));
  CHECK(core::sqrt(x) == std::sqrt(x));
  CHECK(core::rsqrt(T(4)) == T(0.5));
  CHECK(core::reciprocal(T(4)) == T(0.25));
  CHECK(core::abs(-x) == x);
  CHECK(core::floor(T(-1.5)) == T(-2));
  CHECK(core::ceil(T(-1.5)) == T(-1));
  CHECK(core::trunc(T(-1.5)) == T(-1));
  CHECK(core::round(T(2.5)) == T(2));
  CHECK(core::round(T(3.5)) == T(4));
  CHECK(core::pow(x, T(3)) == std::pow(x, T(3)));
  CHECK(core::copysign(x, T(-0.0)) == -x);
  CHECK(core::fma(T(2), T(3), T(4)) == T(10));
  CHECK(leaky(T(-4)) == T(-1));
}

TEST_CASE("fma rounds once") {
  const float e = 0x1p-12F;
  CHECK(core::fma(1 + e, 1 + e, -1 - 2 * e) == 0x1p-24F);
}

TEST_CASE("the composed functions keep their accuracy at both ends") {
  CHECK(core::sigmoid(0.0) == 0.5);
  CHECK(core::sigmoid(-700.0) == doctest::Approx(std::exp(-700.0)).epsilon(1e-12));
  CHECK(core::sigmoid(700.0) == 1.0);
  CHECK(core::softplus(-40.0) == doctest::Approx(std::exp(-40.0)).epsilon(1e-12));
  CHECK(core::softplus(1000.0) == 1000.0);
  CHECK(core::gelu(1.0) == doctest::Approx(0.8413447460685429).epsilon(1e-12));
  CHECK(core::gelu(-10.0) == doctest::Approx(-7.619853024160525e-23).epsilon(1e-10));
  CHECK(core::gelu(static_cast<double>(-infinity)) == 0.0);
  CHECK(core::gelu(infinity) == infinity);
}

TEST_CASE("NaN comes through what says so") {
  CHECK(std::isnan(core::max(not_a_number, 1.0F)));
  CHECK(std::isnan(core::max(1.0F, not_a_number)));
  CHECK(std::isnan(core::min(not_a_number, 1.0F)));
  CHECK(std::isnan(core::min(1.0F, not_a_number)));
  CHECK(std::isnan(core::max_or_second(0.0F, not_a_number)));
  CHECK(core::max_or_second(not_a_number, 0.0F) == 0.0F);
  CHECK(std::isnan(core::min_or_second(0.0F, not_a_number)));
  CHECK(core::min_or_second(not_a_number, 0.0F) == 0.0F);
  CHECK(std::isnan(core::sigmoid(not_a_number)));
  CHECK(std::isnan(core::softplus(not_a_number)));
  CHECK(std::isnan(core::gelu(not_a_number)));
}

TEST_CASE("other types are looked up in their own namespace") {
  const user::dual x{1.0, 2.0};
  CHECK(core::exp(x).slope == doctest::Approx(2 * std::exp(1.0)));
  CHECK(core::max(x, user::dual{3.0, 4.0}).slope == 4.0);
  CHECK(core::select(7, x, user::dual{3.0, 4.0}).slope == 2.0);
}
