// SPDX-License-Identifier: MIT
// Pixels of several rows side by side, on guarded memory.
#include <kiln/simd/byte_stack.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace {

using kiln::simd::byte_stack;

void check(std::size_t rows, std::size_t piece, std::size_t pixel, std::size_t count) {
  CAPTURE(rows);
  CAPTURE(piece);
  CAPTURE(pixel);
  CAPTURE(count);
  product_test::guarded_of<std::byte> row_0(count * piece), row_1(count * piece);
  product_test::guarded_of<std::byte> row_2(count * piece), row_3(count * piece);
  product_test::guarded_of<std::byte> to(count * pixel);
  std::byte* const from[] = {row_0.data(), row_1.data(), row_2.data(), row_3.data()};
  std::array<const std::byte*, byte_stack::most_rows> all{};
  for (std::size_t r = 0; r < rows; ++r) {
    all[r] = from[r];
    for (std::size_t i = 0; i < count * piece; ++i) {
      from[r][i] = static_cast<std::byte>(r * 61 + i * 7 + 1);
    }
  }
  byte_stack(rows, piece, pixel)(all, count, to.data());
  bool right = true;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < pixel; ++k) {
      const bool exists = k < rows * piece;
      const std::byte wanted = exists ? from[k / piece][i * piece + k % piece] : std::byte{0};
      right = right && to.data()[i * pixel + k] == wanted;
    }
  }
  CHECK(right);
}

}  // namespace

TEST_CASE("pieces of rows lie side by side, and zeros behind them") {
  for (const std::size_t count : {0U, 1U, 9U, 10U, 11U, 64U}) {
    for (std::size_t rows = 1; rows <= byte_stack::most_rows; ++rows) {
      for (const std::size_t piece : {1U, 3U, 6U, 16U, 17U}) {
        check(rows, piece, rows * piece, count);
        check(rows, piece, rows * piece + 2, count);
      }
    }
  }
}
