// SPDX-License-Identifier: MIT
// Numbers for tests that compare a net with itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kiln::test {

/// n numbers of [-1, 1), the same for the same seed.
inline std::vector<float> numbers(std::size_t n, std::uint32_t seed) {
  std::vector<float> v(n);
  for (auto& value : v) {
    seed = seed * 1664525U + 1013904223U;
    value = static_cast<float>(seed >> 8) / 8388608.0F - 1.0F;
  }
  return v;
}

}  // namespace kiln::test
