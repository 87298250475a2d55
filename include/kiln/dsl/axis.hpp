// SPDX-License-Identifier: MIT
// How a user counts axes.
#pragma once

#include <cstdint>

namespace kiln::dsl {

/// An axis counted from the first; a negative one counts from the last.
constexpr std::int32_t axis_of(std::int32_t axis, int rank) {
  return axis < 0 ? axis + rank : axis;
}

}  // namespace kiln::dsl
