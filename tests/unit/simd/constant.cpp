// SPDX-License-Identifier: MIT
// Constants against packs: the same operators give the same bits.
#include <kiln/core/math.hpp>
#include <kiln/simd/constant.hpp>
#include <kiln/simd/convert.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>

namespace {

using kiln::simd::constant;
using kiln::simd::pack;
namespace simd = kiln::simd;
namespace core = kiln::core;

// What the operators of op/ write, in constant expressions.
static_assert(core::max_or_second(constant(0), constant(-1.0F)) == constant(0.0F));
static_assert(core::select(constant(1.0F) < constant(2.0F), constant(3.0F), constant(4.0F))
              == constant(3.0F));
static_assert(core::fma(constant(3.0F), constant(4.0F), constant(-12.0F)) == constant(0.0F));
static_assert(
    fused(constant(0x1.000002p0F), constant(0x1.000002p0F), constant(-0x1.000004p0F)).value
    == 0x1p-46F);
static_assert(core::round(constant(0.5F)).value == 0 && core::round(constant(1.5F)).value == 2);
static_assert(core::sqrt(constant(9.0F)).value == 3 && core::rsqrt(constant(4.0F)).value == 0.5F);
static_assert(simd::stored<std::uint8_t>(300.0F) == 255 && simd::stored<std::uint8_t>(-1.0F) == 0);
static_assert(simd::stored<std::int32_t>(3e9F) == INT32_MAX);
static_assert(simd::loaded(simd::stored<core::bf16>(1.0F + 0x1p-9F)) == 1.0F);
static_assert(simd::loaded(core::f16{0x3c00}) == 1.0F);

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
float lane(pack x) { return simd::to_array(x)[0]; }

/// Ordinary numbers, halves that tie, whole numbers beyond 2^23, small ones, zeros of both signs.
float any_number(std::mt19937& engine) {
  const auto r = static_cast<std::uint32_t>(engine());
  const float sign = (r & 1U) != 0 ? -1.0F : 1.0F;
  const float magnitude = static_cast<float>(r >> 8) * 0x1p-24F;
  switch (r >> 1 & 7U) {
    case 0:
      return sign * static_cast<float>(r >> 24) * 0.5F;
    case 1:
      return sign * std::ldexp(1.0F + magnitude, 23);
    case 2:
      return sign * std::ldexp(magnitude, -120);
    case 3:
      return sign * 0.0F;
    default:
      return sign * magnitude * 200;
  }
}

template <class Element>
void check_storage(float x) {
  alignas(64) std::array<Element, simd::lanes> memory{};
  simd::store_as(memory.data(), pack(x));
  const Element constant_element = simd::stored<Element>(x);
  CHECK(memory[0] == constant_element);
  CHECK(bits(lane(simd::load_as(memory.data()))) == bits(simd::loaded(constant_element)));
}

}  // namespace

TEST_CASE("operators and functions give the bits of packs") {
  std::mt19937 engine(1);
  for (int i = 0; i < 20000; ++i) {
    const float a = any_number(engine), b = any_number(engine), c = any_number(engine);
    const constant x(a), y(b), z(c);
    CHECK(bits((x + y).value) == bits(lane(pack(a) + pack(b))));
    CHECK(bits((x - y).value) == bits(lane(pack(a) - pack(b))));
    CHECK(bits((x * y).value) == bits(lane(pack(a) * pack(b))));
    if (b != 0) CHECK(bits((x / y).value) == bits(lane(pack(a) / pack(b))));
    CHECK(bits((-x).value) == bits(lane(-pack(a))));
    CHECK(bits(abs(x).value) == bits(lane(abs(pack(a)))));
    CHECK(bits(copysign(x, y).value) == bits(lane(copysign(pack(a), pack(b)))));
    CHECK(bits(round(x).value) == bits(lane(round(pack(a)))));
    CHECK(bits(floor(x).value) == bits(lane(floor(pack(a)))));
    CHECK(bits(ceil(x).value) == bits(lane(ceil(pack(a)))));
    CHECK(max(x, y).value == lane(max(pack(a), pack(b))));
    CHECK(min(x, y).value == lane(min(pack(a), pack(b))));
    CHECK(max_or_second(x, y).value == lane(max_or_second(pack(a), pack(b))));
    CHECK(min_or_second(x, y).value == lane(min_or_second(pack(a), pack(b))));
    CHECK(bits(fused(x, y, z).value) == bits(lane(fused(pack(a), pack(b), pack(c)))));
    CHECK(bits(fma(x, y, z).value) == bits(lane(fma(pack(a), pack(b), pack(c)))));
    if (a >= 0) CHECK(bits(sqrt(x).value) == bits(lane(sqrt(pack(a)))));
    if (a > 0x1p-100F) {
      const auto apart = static_cast<std::int32_t>(bits(rsqrt(x).value))
                         - static_cast<std::int32_t>(bits(lane(rsqrt(pack(a)))));
      CHECK(std::abs(apart) <= (KILN_ISA_AVX512 ? 2 : 0));
    }
  }
}

TEST_CASE("storing rounds as packs do") {
  std::mt19937 engine(2);
  for (int i = 0; i < 5000; ++i) {
    const float x = any_number(engine);
    check_storage<float>(x);
    check_storage<core::bf16>(x);
    check_storage<core::f16>(x);
    check_storage<std::int8_t>(x);
    check_storage<std::uint8_t>(x);
    check_storage<std::int32_t>(x);
  }
  for (const float x : {3e9F, -3e9F, 127.5F, -128.5F, 254.5F, 65520.0F}) {
    check_storage<std::int8_t>(x);
    check_storage<std::uint8_t>(x);
    check_storage<std::int32_t>(x);
    check_storage<core::f16>(x);
  }
  CHECK(simd::stored<std::int8_t>(std::nanf("")) == 0);
}
