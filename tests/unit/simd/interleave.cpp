// SPDX-License-Identifier: MIT
// Elements of two and of four rows side by side, on guarded memory.
#include <kiln/simd/interleave.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace {

template <std::size_t Rows>
void check(std::size_t gap) {
  constexpr std::size_t bytes = 4 / Rows;
  const std::size_t row = 16 * bytes + gap;
  product_test::guarded_of<std::byte> from((Rows - 1) * row + 16 * bytes);
  product_test::guarded_of<std::byte> to(64);
  for (std::size_t i = 0; i < from.size(); ++i) from.data()[i] = static_cast<std::byte>(i * 3 + 7);
  kiln::simd::interleave_words<Rows>(from.data(), static_cast<std::ptrdiff_t>(row), to.data());
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t word = i / 4;
    const std::size_t element = i % 4 / bytes;
    CAPTURE(i);
    CHECK(to.data()[i] == from.data()[element * row + word * bytes + i % bytes]);
  }
}

}  // namespace

TEST_CASE("pairs of 16 bits") {
  check<2>(0);
  check<2>(5);
}
TEST_CASE("quads of bytes") {
  check<4>(0);
  check<4>(3);
}
