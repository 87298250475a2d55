// SPDX-License-Identifier: MIT
// Unrolling by pack expansion: order and count of the calls.
#include <kiln/kernel/gemm/unroll.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

namespace gemm = kiln::kernel::gemm;

TEST_CASE("each calls in order") {
  std::array<std::size_t, 5> seen{};
  std::size_t calls = 0;
  gemm::each<5>([&](std::size_t i) KILN_INLINE_LAMBDA { seen[calls++] = i; });
  CHECK(calls == 5);
  CHECK(seen == std::array<std::size_t, 5>{0, 1, 2, 3, 4});
}

TEST_CASE("each of nothing calls nothing") {
  bool called = false;
  gemm::each<0>([&](std::size_t) KILN_INLINE_LAMBDA { called = true; });
  CHECK(!called);
}
