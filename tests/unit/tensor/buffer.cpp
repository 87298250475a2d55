// SPDX-License-Identifier: MIT
// Owned memory: alignment, moves, releases; texts for the caller's memory.
#include <kiln/tensor/buffer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

using kiln::tensor::buffer;
using kiln::tensor::require_memory;

static_assert(!std::is_copy_constructible_v<buffer> && !std::is_copy_assignable_v<buffer>);
static_assert(std::is_nothrow_move_constructible_v<buffer>);
static_assert(std::is_nothrow_move_assignable_v<buffer>);

TEST_CASE("memory is aligned and as long as asked for") {
  for (const std::size_t bytes : {1U, 63U, 64U, 65U, 4097U}) {
    const buffer b(bytes);
    CHECK(b.size_bytes() == bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
    std::memset(b.data(), 7, bytes);  // the sanitizers see what is not ours
  }
}

TEST_CASE("large buffers start at a large page") {
  using kiln::tensor::large_page;
  for (const std::size_t bytes : {large_page - 1, large_page, 2 * large_page + 5}) {
    buffer b(bytes);
    const std::size_t alignment = bytes < large_page ? 64 : large_page;
    CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % alignment == 0);
    std::memset(b.data(), 7, bytes);
    buffer small(64);
    small = std::move(b);  // each is released as it was made
    CHECK(small.size_bytes() == bytes);
  }
}

TEST_CASE("no bytes, no memory") {
  CHECK(buffer().data() == nullptr);
  CHECK(buffer(0).data() == nullptr);
  CHECK(buffer(0).size_bytes() == 0);
}

TEST_CASE("moving keeps the address") {
  buffer first(100);
  std::byte* const place = first.data();
  buffer second(std::move(first));
  CHECK(second.data() == place);
  CHECK(second.size_bytes() == 100);
  CHECK(first.data() == nullptr);  // NOLINT: what a moved-from buffer is
  CHECK(first.size_bytes() == 0);
  buffer third(5);
  third = std::move(second);
  CHECK(third.data() == place);
  CHECK(second.size_bytes() == 0);
}

TEST_CASE("the caller's memory is long enough and aligned") {
  alignas(64) std::array<std::byte, 128> memory{};
  const std::span<std::byte> all{memory};
  CHECK_NOTHROW(require_memory(all, 128, "scratch"));
  CHECK_NOTHROW(require_memory(all, 100, "scratch"));
  CHECK_NOTHROW(require_memory(all.subspan(64), 64, "scratch"));
  CHECK_NOTHROW(require_memory({}, 0, "scratch"));
  CHECK_NOTHROW(require_memory(all.subspan(1), 0, "scratch"));
  CHECK_THROWS_WITH_AS(require_memory(all, 129, "scratch"),
                       "scratch: expected at least 129 bytes, actual 128",
                       kiln::error);
  CHECK_THROWS_WITH_AS(require_memory({}, 1, "packed memory"),
                       "packed memory: expected at least 1 bytes, actual 0",
                       kiln::error);
  CHECK_THROWS_WITH_AS(
      require_memory(all.subspan(32), 64, "scratch"),
      "scratch: expected an address that is a multiple of 64, actual 32 bytes past one",
      kiln::error);
}
