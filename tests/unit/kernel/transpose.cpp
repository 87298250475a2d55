// SPDX-License-Identifier: MIT
// Columns become rows of sixteen words: every number of columns and bytes, on guarded memory.
#include <kiln/kernel/transpose.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace {

using product_test::guarded_of;

bool is_right(std::size_t columns, std::size_t bytes, std::size_t gap) {
  const std::size_t column = bytes + gap;
  guarded_of<std::byte> from((columns - 1) * column + bytes);
  guarded_of<std::byte> to((bytes + 3) / 4 * 64);
  for (std::size_t i = 0; i < from.size(); ++i) from.data()[i] = static_cast<std::byte>(i * 7 + 1);
  for (std::size_t i = 0; i < to.size(); ++i) to.data()[i] = std::byte{0xee};
  kiln::kernel::columns_to_rows(
      from.data(), static_cast<std::ptrdiff_t>(column), columns, bytes, to.data());
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t j = i % 64 / 4;
    const std::size_t b = i / 64 * 4 + i % 4;
    const bool exists = j < columns && b < bytes;
    if (to.data()[i] != (exists ? from.data()[j * column + b] : std::byte{0})) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("every number of columns and bytes") {
  for (std::size_t columns = 1; columns <= 16; ++columns) {
    for (std::size_t bytes = 1; bytes <= 140; ++bytes) {
      CAPTURE(columns);
      CAPTURE(bytes);
      CHECK(is_right(columns, bytes, bytes % 5));
    }
  }
}

TEST_CASE("no bytes, no rows") {
  std::byte untouched{0x33};
  kiln::kernel::columns_to_rows(nullptr, 0, 16, 0, &untouched);
  CHECK(untouched == std::byte{0x33});
}
