// SPDX-License-Identifier: MIT
// A multiply-add rounded once, also where the machine has none.
#include <kiln/simd/fast_pack.hpp>
#include <kiln/simd/fused.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace {

using namespace kiln;

bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a != a && b != b);
}
float first_lane(simd::pack p) {
  float out[simd::lanes];
  simd::store(out, p);
  return out[simd::lanes - 1];
}
void check(float a, float b, float c) {
  const float expected = std::fma(a, b, c);
  CAPTURE(a);
  CAPTURE(b);
  CAPTURE(c);
  CHECK(same(simd::detail::fused_in_double(a, b, c), expected));
  CHECK(same(first_lane(simd::fused(simd::pack(a), simd::pack(b), simd::pack(c))), expected));
}

}  // namespace

TEST_CASE("as the standard library's") {
  std::mt19937 engine(1);
  std::uniform_int_distribution<std::uint32_t> bits;
  std::uniform_int_distribution<int> near(-30, 30);
  for (int i = 0; i < 20000; ++i) {
    // of any size, and sums that nearly cancel
    check(std::bit_cast<float>(bits(engine)),
          std::bit_cast<float>(bits(engine)),
          std::bit_cast<float>(bits(engine)));
    const float a = std::ldexp(static_cast<float>(bits(engine) >> 8U), -24);
    const float b = std::ldexp(static_cast<float>(bits(engine) >> 8U), -24);
    check(a, b, -a * b);
    check(a, -b, std::ldexp(a, near(engine)));
  }
}
TEST_CASE("halves between floats, zeros, infinities, denormals") {
  const float inf = std::numeric_limits<float>::infinity();
  const float least = std::numeric_limits<float>::denorm_min();
  for (const float a : {0.0F, -0.0F, 1.0F, 0x1.000002p0F, 0x1p-24F, -3.0F, least, 0x1p-126F, inf}) {
    for (const float b : {0.0F, 1.0F, 0x1.000002p0F, 0x1p-25F, -0x1p-24F, 0x1.fffffep127F, -inf}) {
      for (const float c : {0.0F, -0.0F, 1.0F, -1.0F, 0x1.fffffep0F, least, -0x1p-126F, inf}) {
        check(a, b, c);
      }
    }
  }
}
TEST_CASE("packs with rough functions") {
  const simd::fast_pack a(simd::pack(0x1.000002p0F)), c(simd::pack(-1.0F));
  CHECK(first_lane(simd::pack(fused(a, a, c))) == std::fma(0x1.000002p0F, 0x1.000002p0F, -1.0F));
}
