// SPDX-License-Identifier: MIT
// Tests that one body means the same for double, float and packs.
#include <kiln/core/math.hpp>
#include <kiln/simd/math.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

namespace core = kiln::core;
using kiln::simd::pack;

namespace {

// An operator's meaning, written once.
template <class T>
T everything(const T& x) {
  T sum = core::exp(x) + core::exp2(x) + core::expm1(x) + core::tanh(x) + core::erf(x);
  sum = sum + core::erfc(x) + core::sigmoid(x) + core::softplus(x) + core::gelu(x);
  const T y = core::abs(x) + T(0.5);
  return sum + core::log(y) + core::log2(y) + core::log1p(y) + core::pow(y, x) + core::sqrt(y);
}

}  // namespace

TEST_CASE("one body gives the same number as double, float and pack") {
  for (double x = -4; x < 4; x += 0.37) {
    const double exact = everything(x);
    const auto same = doctest::Approx(exact).epsilon(1e-5);
    CHECK(static_cast<double>(everything(static_cast<float>(x))) == same);
    const auto lanes = kiln::simd::to_array(everything(pack(static_cast<float>(x))));
    for (const float lane : lanes) CHECK(static_cast<double>(lane) == same);
  }
}

TEST_CASE("every lane gets its own argument") {
  const pack x = kiln::simd::to_float(kiln::simd::lane_numbers()) * pack(0.5F);
  const auto all = kiln::simd::to_array(everything(x));
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i] == doctest::Approx(everything(0.5F * static_cast<float>(i))).epsilon(1e-5));
  }
}
