// SPDX-License-Identifier: MIT
// Tests kiln/codegen/frame.hpp.
#include <kiln/codegen/frame.hpp>

#include <doctest/doctest.h>

#include <type_traits>

// A run makes one on its stack: nothing to construct, nothing to release.
static_assert(std::is_trivially_destructible_v<kiln::codegen::frame>);
static_assert(std::is_trivially_copyable_v<kiln::codegen::bound_tensor>);

TEST_CASE("a new frame sees no memory and stands at the first step of every loop") {
  const kiln::codegen::frame f{};
  CHECK(f.arguments == nullptr);
  CHECK(f.scratch == nullptr);
  for (const auto i : f.index) CHECK(i == 0);
}
