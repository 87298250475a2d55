// SPDX-License-Identifier: MIT
// Tests of storing two packs at once: the same bits as one after the other, nothing around them.
#include <kiln/simd/two.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace core = kiln::core;
namespace simd = kiln::simd;
using simd::lanes;

namespace {

// Whether both ways write the same, starting at an odd place between marked elements.
template <class Element>
bool stores_alike(const std::array<float, 2 * lanes>& x) {
  std::array<float, lanes> left{}, right{};
  std::memcpy(left.data(), x.data(), sizeof left);
  std::memcpy(right.data(), x.data() + lanes, sizeof right);
  std::array<Element, 2 * lanes + 2> once{}, twice{};
  std::memset(once.data(), 0x5a, sizeof once);
  std::memset(twice.data(), 0x5a, sizeof twice);
  simd::store_two_as(once.data() + 1, simd::from_array(left), simd::from_array(right));
  simd::store_as(twice.data() + 1, simd::from_array(left));
  simd::store_as(twice.data() + 1 + lanes, simd::from_array(right));
  return std::memcmp(once.data(), twice.data(), sizeof once) == 0;
}

}  // namespace

#define KILN_TEST_ELEMENTS float, core::bf16, core::f16, std::int8_t, std::uint8_t, std::int32_t

TEST_CASE_TEMPLATE("two packs at once have the bits of one after the other",
                   Element,
                   KILN_TEST_ELEMENTS) {
  int wrong = 0;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32;) {
    std::array<float, 2 * lanes> x{};
    for (float& value : x) {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      bits += 65521;
    }
    wrong += !stores_alike<Element>(x);
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("what is out of bounds or no number, in every lane",
                   Element,
                   KILN_TEST_ELEMENTS) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  int wrong = 0;
  for (const float special : {infinity,
                              -infinity,
                              std::numeric_limits<float>::quiet_NaN(),
                              0x1p31F,
                              -0x1p31F,
                              4e9F,
                              -4e9F,
                              1e-40F,
                              -0.0F,
                              254.5F,
                              255.5F,
                              -128.5F,
                              127.5F}) {
    for (std::size_t i = 0; i < 2 * lanes; ++i) {
      std::array<float, 2 * lanes> x{};
      for (std::size_t j = 0; j < 2 * lanes; ++j) x[j] = static_cast<float>(j) * 9.75F - 100;
      x[i] = special;
      wrong += !stores_alike<Element>(x);
    }
  }
  CHECK(wrong == 0);
}
