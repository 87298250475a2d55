// SPDX-License-Identifier: MIT
// Inline functions and variables as users write them: each instruction set must get its own.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

inline int call_count = 0;

template <class T>
struct counter final {
  static int& value() {
    static int calls = 0;
    return calls;
  }
};

inline void count_call() {
  ++call_count;
  ++counter<float>::value();
}

inline void sort_copy(std::span<float> values) {
  std::vector<float> copy(values.begin(), values.end());
  std::stable_sort(copy.begin(), copy.end());
  std::copy(copy.begin(), copy.end(), values.begin());
}
