// SPDX-License-Identifier: MIT
// Tests that an operator's meaning, written once, takes the rough functions with fast_pack.
#include <kiln/core/half.hpp>
#include <kiln/core/math.hpp>
#include <kiln/op/gelu_tanh.hpp>
#include <kiln/op/mish.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/fast_pack.hpp>
#include <kiln/simd/math.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <support/sweep.hpp>
#include <type_traits>

namespace core = kiln::core;
namespace simd = kiln::simd;
using kiln::test::lane;
using simd::fast_pack;
using simd::pack;

static_assert(std::is_trivially_copyable_v<fast_pack> && sizeof(fast_pack) == sizeof(pack));
static_assert(std::convertible_to<pack, fast_pack> && std::convertible_to<fast_pack, pack>);
static_assert(std::same_as<decltype(fast_pack(1) * fast_pack(2) + fast_pack(3)), fast_pack>);
static_assert(std::same_as<decltype(core::exp(fast_pack(1))), fast_pack>);

namespace {

/// What an operator makes of a pack and stores as bf16, computed with T.
template <class Operator, class T>
std::array<core::bf16, simd::lanes> stored(pack x) {
  std::array<core::bf16, simd::lanes> y{};
  simd::store_as(y.data(), pack(Operator::template apply<T>(x)));
  return y;
}

/// The greatest difference of those in steps of bf16, over [-8, 8].
template <class Operator>
int steps_apart() {
  int worst = 0;
  for (int i = -8000; i <= 8000; ++i) {
    const pack x(0.001F * static_cast<float>(i));
    const auto a = std::bit_cast<std::int16_t>(stored<Operator, pack>(x)[0]);
    const auto b = std::bit_cast<std::int16_t>(stored<Operator, fast_pack>(x)[0]);
    worst = std::max(worst, std::abs(a - b));
  }
  return worst;
}

/// Every function that fast_pack hands on unchanged.
template <class T>
T exactly(const T& x, const T& y) {
  T sum = (x + y) * (x - y) / (core::abs(y) + T(0.5F)) - x;
  sum += core::sqrt(core::abs(x)) + core::floor(x) + core::ceil(y) + core::trunc(x);
  sum -= core::round(y) * core::reciprocal(core::abs(y) + T(1.0F));
  sum *= core::max(x, y) + core::min(x, y) + core::copysign(x, y);
  sum /= core::fma(x, x, T(2.0F)) + core::pow(core::abs(x), y);
  sum = sum + core::max_or_second(x, y) - core::min_or_second(x, y);
  sum = core::select(x < y, sum, -sum) + core::select(x >= y, x, y);
  sum = sum + core::select(x == y, x, T(0.25F)) + core::select(x <= y, y, T(0.5F));
  return sum + core::select(x > y, y, T(2.0F)) + core::select(x != y, x, T(3.0F));
}

}  // namespace

TEST_CASE("operators that are stored as bf16 come out within one step of it") {
  CHECK(steps_apart<kiln::op::gelu_tanh_op>() <= 1);
  CHECK(steps_apart<kiln::op::mish_op>() <= 1);
}

TEST_CASE("the rough functions are what it finds") {
  const fast_pack x(0.7F);
  CHECK(lane(core::exp(x)) == lane(simd::rough::exp(pack(x))));
  CHECK(lane(core::exp2(x)) == lane(simd::rough::exp2(pack(x))));
  CHECK(lane(core::expm1(x)) == lane(simd::rough::expm1(pack(x))));
  CHECK(lane(core::log(x)) == lane(simd::rough::log(pack(x))));
  CHECK(lane(core::log2(x)) == lane(simd::rough::log2(pack(x))));
  CHECK(lane(core::log1p(x)) == lane(simd::rough::log1p(pack(x))));
  CHECK(lane(core::softplus(x)) == lane(simd::rough::softplus(pack(x))));
  CHECK(lane(core::sigmoid(x)) == lane(simd::rough::sigmoid(pack(x))));
  CHECK(lane(core::tanh(x)) == lane(simd::rough::tanh(pack(x))));
  CHECK(lane(core::erf(x)) == lane(simd::rough::erf(pack(x))));
  CHECK(lane(core::erfc(x)) == lane(simd::rough::erfc(pack(x))));
  CHECK(lane(core::gelu(x)) == lane(simd::rough::gelu(pack(x))));
  CHECK(lane(core::rsqrt(x)) == lane(simd::rough::rsqrt(pack(x))));
  CHECK(lane(core::exp(x)) != lane(core::exp(pack(x))));
}

TEST_CASE("arithmetic is that of packs, bit for bit") {
  for (int i = -20; i <= 20; ++i) {
    for (int j = -20; j <= 20; ++j) {
      const pack x(0.37F * static_cast<float>(i));
      const pack y(0.37F * static_cast<float>(j) + 0.1F * static_cast<float>(i % 3));
      CHECK(lane(exactly<fast_pack>(x, y)) == lane(exactly<pack>(x, y)));
    }
  }
}
