// SPDX-License-Identifier: MIT
// An array of fixed size that takes compilers as few steps as can be.
#pragma once

#include <cstddef>

namespace kiln::plan {

/// N elements by int index. An access of std::array is three calls inside a constant expression,
/// one of this is one: moves over hundreds of operators stay under the compilers' limit of steps.
///
/// @law  0 <= i < N; compilers refuse a constant expression that breaks it
template <class T, std::size_t N>
struct table final {
  T data[N]{};  // NOLINT: the point of it
  constexpr const T& operator[](int i) const { return data[i]; }
  constexpr T& operator[](int i) { return data[i]; }
  constexpr void fill(const T& x) {
    for (auto& element : data) element = x;
  }
};

}  // namespace kiln::plan
