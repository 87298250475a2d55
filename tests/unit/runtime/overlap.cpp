// SPDX-License-Identifier: MIT
// Footprints that share a byte, against a count of every byte.
#include <kiln/runtime/overlap.hpp>

#include <doctest/doctest.h>

#include <vector>

using kiln::runtime::footprint;
using kiln::runtime::overlap;

static_assert(!overlap({}, {}), "memory of no bytes overlaps nothing");
static_assert(!overlap({100, 1, 8, 8}, {}) && !overlap({0, 1, 8, 8}, {}));
static_assert(overlap({100, 3, 4, 10}, {100, 3, 4, 10}));
static_assert(!overlap({100, 3, 4, 10}, {124, 1, 4, 4})
              && overlap({100, 3, 4, 10}, {123, 1, 4, 4}));
static_assert(footprint{100, 3, 4, 10}.end == 124 && !footprint{100, 3, 4, 10}.is_one_piece());

namespace {

bool share_a_byte(const footprint& a, const footprint& b) {
  std::vector<char> taken(400);
  for (std::uintptr_t row = a.begin; row < a.end; row += a.stride_bytes) {
    for (std::uintptr_t i = row; i < row + a.row_bytes; ++i) taken[i] = 1;
  }
  for (std::uintptr_t row = b.begin; row < b.end; row += b.stride_bytes) {
    for (std::uintptr_t i = row; i < row + b.row_bytes; ++i) {
      if (taken[i] != 0) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("rows of one stride: exact while both have several rows that cross") {
  const footprint a{100, 4, 5, 16};
  for (std::uintptr_t begin = 20; begin < 200; ++begin) {
    for (const std::size_t width : {1U, 5U, 11U, 12U, 16U}) {
      const footprint b{begin, 5, width, 16};
      const bool shared = share_a_byte(a, b);
      if (shared) REQUIRE(overlap(a, b));
      if (!shared && begin >= 100 && begin < 132) REQUIRE(!overlap(a, b));
      REQUIRE(overlap(a, b) == overlap(b, a));
    }
  }
}

TEST_CASE("other rows: never missed") {
  for (std::uintptr_t begin = 60; begin < 180; ++begin) {
    for (const std::size_t stride : {6U, 10U, 17U}) {
      const footprint a{100, 4, 5, 16}, b{begin, 4, 6, stride};
      if (share_a_byte(a, b)) REQUIRE(overlap(a, b));
      if (b.end <= a.begin || a.end <= b.begin) REQUIRE(!overlap(a, b));
    }
  }
}
