// SPDX-License-Identifier: MIT
// Which values of the dynamic extents a variant of a plan is for.
#pragma once

#include <kiln/tensor/shape.hpp>

#include <array>
#include <cstdint>

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

/// An interval for every symbol of a graph; a static graph has none.
struct guard final {
  std::array<interval, tensor::max_symbols> of{};
  int symbols = 0;

  /// True if the symbols' values are those that the guard lets through.
  [[nodiscard]] constexpr bool holds(const std::int64_t* values) const {
    for (int s = 0; s < symbols; ++s) {
      if (!of[static_cast<std::size_t>(s)].has(values[s])) return false;
    }
    return true;
  }
  constexpr bool operator==(const guard&) const = default;
};

/// Lets all values of these symbols through.
constexpr guard any_value(const tensor::symbol_table& table, int symbols) {
  guard w{};
  w.symbols = symbols;
  for (std::size_t s = 0; s < static_cast<std::size_t>(symbols); ++s) {
    w.of[s] = {1, table[s].bound};
  }
  return w;
}

}  // namespace kiln::plan
