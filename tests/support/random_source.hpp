// SPDX-License-Identifier: MIT
// Random numbers that are the same with every standard library and compiler.
#pragma once

#include <cstdint>

namespace kiln::test {

/// SplitMix64: the same numbers with every standard library.
class random_source final {
 public:
  /// Seeds are mixed: counted up, they would all walk through one stream.
  explicit random_source(std::uint64_t seed)
      : state_(mix(seed + 0x1234567U)) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix(state_);
  }
  /// A number from lo to hi, both included.
  int from(int lo, int hi) {
    return lo + static_cast<int>(next() % static_cast<std::uint64_t>(hi - lo + 1));
  }
  bool one_in(int n) { return from(1, n) == 1; }
  /// A float between lo and hi.
  float between(float lo, float hi) {
    return lo + (hi - lo) * static_cast<float>(next() >> 40U) * 0x1p-24F;
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace kiln::test
