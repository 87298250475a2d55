// SPDX-License-Identifier: MIT
// Which values of the dynamic extents, and which numbers of threads, a variant of a plan is for.
#pragma once

#include <kiln/tensor/shape.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace kiln::plan {

/// The values from low to high.
struct interval final {
  std::int32_t low = 1;
  std::int32_t high = 1;
  [[nodiscard]] constexpr bool has(std::int64_t value) const {
    return low <= value && value <= high;
  }
  [[nodiscard]] constexpr bool is_one_value() const { return low == high; }
  constexpr bool operator==(const interval&) const = default;
};

/// All numbers of threads.
inline constexpr interval any_threads{1, std::numeric_limits<std::int32_t>::max()};

/// An interval for every symbol of a graph (a static graph has none), and one for the threads.
struct guard final {
  std::array<interval, tensor::max_symbols> of{};
  int symbols = 0;
  interval threads = any_threads;

  /// True if the symbols' values and the number of threads are those that the guard lets through.
  [[nodiscard]] constexpr bool holds(const std::int64_t* values, int team = 1) const {
    if (!threads.has(team)) return false;
    for (int s = 0; s < symbols; ++s) {
      if (!of[static_cast<std::size_t>(s)].has(values[s])) return false;
    }
    return true;
  }
  constexpr bool operator==(const guard&) const = default;
};

/// Lets all values of these symbols and all numbers of threads through.
constexpr guard any_value(const tensor::symbol_table& table, int symbols) {
  guard w{};
  w.symbols = symbols;
  for (std::size_t s = 0; s < static_cast<std::size_t>(symbols); ++s) {
    w.of[s] = {1, table[s].bound};
  }
  return w;
}

}  // namespace kiln::plan
