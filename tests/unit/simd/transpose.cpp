// SPDX-License-Identifier: MIT
// Words of a block change places and keep every bit; nothing beside it is touched.
#include <kiln/simd/transpose.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace simd = kiln::simd;

TEST_CASE("rows become columns, at any distances") {
  constexpr std::size_t n = simd::lanes;
  for (const std::size_t from_row : {4 * n, 4 * n + 1, 4 * n + 22}) {
    for (const std::size_t to_row : {4 * n, 4 * n + 3}) {
      CAPTURE(from_row);
      CAPTURE(to_row);
      std::vector<std::byte> from((n - 1) * from_row + 4 * n);
      std::vector<std::byte> to((n - 1) * to_row + 4 * n, std::byte{0x5a});
      for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i * 37 % 251);
      simd::transpose_words(from.data(),
                            static_cast<std::ptrdiff_t>(from_row),
                            to.data(),
                            static_cast<std::ptrdiff_t>(to_row));
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          CHECK(std::memcmp(&to[j * to_row + i * 4], &from[i * from_row + j * 4], 4) == 0);
        }
        for (std::size_t k = i * to_row + 4 * n; k < (i + 1) * to_row && k < to.size(); ++k) {
          CHECK(to[k] == std::byte{0x5a});
        }
      }
    }
  }
}

TEST_CASE("a word that is a signalling NaN stays one") {
  constexpr std::uint32_t signalling = 0x7fa00001;
  std::uint32_t from[simd::lanes * simd::lanes] = {};
  std::uint32_t to[simd::lanes * simd::lanes] = {};
  from[simd::lanes - 1] = signalling;
  constexpr auto row = static_cast<std::ptrdiff_t>(4 * simd::lanes);
  simd::transpose_words(
      reinterpret_cast<const std::byte*>(from), row, reinterpret_cast<std::byte*>(to), row);
  CHECK(to[(simd::lanes - 1) * simd::lanes] == signalling);
}
