// SPDX-License-Identifier: MIT
// Every number in every place of a word.
#include <kiln/simd/small_number.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace simd = kiln::simd;

namespace {

template <int Bits, int Less, int... Part>
void check(std::integer_sequence<int, Part...>) {
  constexpr unsigned count = 1U << static_cast<unsigned>(Bits);
  for (unsigned first = 0; first < count; ++first) {
    std::array<std::int32_t, simd::lanes> words{};
    const auto number = [&](std::size_t lane, int part) {
      return (first + 3 * static_cast<unsigned>(lane) + 5 * static_cast<unsigned>(part)) % count;
    };
    for (std::size_t i = 0; i < simd::lanes; ++i) {
      const unsigned word = ((number(i, Part) << static_cast<unsigned>(Part * Bits)) | ...);
      words[i] = static_cast<std::int32_t>(word);
    }
    const auto of_part = [&]<int P>(std::integral_constant<int, P>) {
      const auto found =
          simd::to_array(simd::small_number<Bits, P, Less>(simd::load(words.data())));
      for (std::size_t i = 0; i < simd::lanes; ++i) {
        CHECK(found[i] == static_cast<float>(number(i, P)) - Less);
      }
    };
    (of_part(std::integral_constant<int, Part>{}), ...);
  }
}

}  // namespace

TEST_CASE("four bits") {
  check<4, 0>(std::make_integer_sequence<int, 8>{});
  check<4, 8>(std::make_integer_sequence<int, 8>{});
}
TEST_CASE("eight bits") {
  check<8, 0>(std::make_integer_sequence<int, 4>{});
  check<8, 128>(std::make_integer_sequence<int, 4>{});
}
