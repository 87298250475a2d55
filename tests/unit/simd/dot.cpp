// SPDX-License-Identifier: MIT
// Products of neighbours: exact sums of bytes in all corners, pairs of bf16 bit by bit.
#include <kiln/core/half.hpp>
#include <kiln/simd/dot.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace simd = kiln::simd;

namespace {

constexpr std::size_t lanes = simd::lanes;

std::array<std::int32_t, lanes> to_array(simd::int_pack x) {
  std::array<std::int32_t, lanes> values;
  simd::store(values.data(), x);
  return values;
}

template <class Dot, class Sum, std::size_t... P>
Sum whole_dot(Sum sum, simd::int_pack a, simd::int_pack b, std::index_sequence<P...>) {
  (Dot::add(sum, Dot::template left<int{P}>(a), Dot::template right<int{P}>(b)), ...);
  return sum;
}
template <class Dot, class Sum>
Sum dot(Sum sum, simd::int_pack a, simd::int_pack b) {
  return whole_dot<Dot>(sum, a, b, std::make_index_sequence<std::size_t{Dot::parts}>{});
}

// Every combination of some bytes, also the extreme ones, in every place of a word.
template <class Dot>
void check_bytes(const std::vector<int>& unsigned_bytes, const std::vector<int>& signed_bytes) {
  std::array<std::uint8_t, 4> a{1, 2, 3, 4};
  std::vector<std::int8_t> b(4 * lanes);
  for (std::size_t place = 0; place < 4; ++place) {
    for (const int x : unsigned_bytes) {
      for (const int other : unsigned_bytes) {
        a[place] = static_cast<std::uint8_t>(x);
        a[(place + 1) % 4] = static_cast<std::uint8_t>(other);
        for (const int y : signed_bytes) {
          for (std::size_t i = 0; i < b.size(); ++i) {
            b[i] = static_cast<std::int8_t>(i % 4 == place ? y
                                                           : signed_bytes[i % signed_bytes.size()]);
          }
          const auto sums = to_array(dot<Dot>(
              simd::int_pack(-7), simd::broadcast_word(a.data()), simd::load_words(b.data())));
          for (std::size_t i = 0; i < lanes; ++i) {
            std::int32_t expected = -7;
            for (std::size_t q = 0; q < 4; ++q) expected += a[q] * b[4 * i + q];
            CHECK(sums[i] == expected);
          }
        }
      }
    }
  }
}

float pair_sum(float sum, float a0, float a1, float b0, float b1) {
  simd::pack total(sum);
  std::array<kiln::core::bf16, 2> a{kiln::core::to_bf16(a0), kiln::core::to_bf16(a1)};
  std::vector<kiln::core::bf16> b(2 * lanes);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = kiln::core::to_bf16(i % 2 == 0 ? b0 : b1);
  total = dot<simd::pair_dot>(total, simd::broadcast_word(a.data()), simd::load_words(b.data()));
  return simd::to_array(total)[lanes - 1];
}

}  // namespace

TEST_CASE("unsigned times signed bytes are exact") {
  check_bytes<simd::byte_dot>({0, 1, 127, 128, 254, 255}, {-128, -127, -1, 0, 1, 126, 127});
}

TEST_CASE("unsigned bytes times signed ones of seven bits are exact") {
  check_bytes<simd::narrow_byte_dot>({0, 1, 127, 128, 254, 255}, {-64, -63, -1, 0, 1, 62, 63});
}

TEST_CASE("sums wrap around") {
  const std::array<std::uint8_t, 4> a{255, 255, 255, 255};
  const std::vector<std::int8_t> b(4 * lanes, 127);
  const auto sums = to_array(dot<simd::byte_dot>(
      simd::int_pack(INT32_MAX), simd::broadcast_word(a.data()), simd::load_words(b.data())));
  const auto expected = static_cast<std::uint32_t>(INT32_MAX) + 4U * 255U * 127U;
  for (const auto x : sums) CHECK(static_cast<std::uint32_t>(x) == expected);
}

TEST_CASE("a word of fewer than four bytes reads no more than those") {
  for (std::size_t n = 1; n < 4; ++n) {
    const std::vector<std::uint8_t> few{0x11, 0x22, 0x33};
    const std::vector<std::uint8_t> exact(few.begin(), few.begin() + static_cast<long>(n));
    std::uint32_t expected = 0;
    std::memcpy(&expected, exact.data(), n);
    for (const auto x : to_array(simd::broadcast_word(exact.data(), n))) {
      CHECK(static_cast<std::uint32_t>(x) == expected);
    }
  }
}

TEST_CASE("pairs of bf16: the upper product first, each sum rounded once") {
  CHECK(pair_sum(1.0F, 2.0F, 3.0F, 5.0F, 7.0F) == 32.0F);
  // 2^24 + 1 + 1: the odd one added first is lost; both added up beforehand would not be.
  CHECK(pair_sum(0x1p24F, 1.0F, 1.0F, 1.0F, 1.0F) == 0x1p24F);
  CHECK(pair_sum(0x1p24F, 3.0F, 1.0F, 1.0F, 1.0F) == 0x1p24F + 4.0F);
  CHECK(pair_sum(0.0F, 1.0F, 0x1p24F, 1.0F, 1.0F) == 0x1p24F);
  CHECK(std::isnan(pair_sum(0.0F, NAN, 0.0F, 0.0F, 0.0F)));
  CHECK(std::isnan(pair_sum(0.0F, 0.0F, INFINITY, 0.0F, 0.0F)));
  CHECK(std::isinf(pair_sum(0.0F, 1.0F, INFINITY, 1.0F, 1.0F)));
}

TEST_CASE("halves of words are widened exactly") {
  const std::vector<std::uint32_t> words(lanes, 0x3f804000U);
  const simd::int_pack x = simd::load_words(words.data());
  CHECK(simd::to_array(simd::upper_halves(x))[0] == 1.0F);
  CHECK(simd::to_array(simd::lower_halves(x))[0] == 2.0F);
  simd::pack sum(1.0F);
  simd::add_product(sum, simd::upper_halves(x), simd::lower_halves(x));
  CHECK(simd::to_array(sum)[0] == 3.0F);
}
