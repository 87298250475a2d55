// SPDX-License-Identifier: MIT
// Softmax along an axis.
#pragma once

#include <kiln/op/row.hpp>

#include <string_view>

namespace kiln::op {

/// @math  e^(x - m) / sum of e^(x - m), m = max of the row; a row with a NaN, with +inf, or of -inf
///        alone is NaN
struct softmax_op final : softmax_operation {
  static constexpr std::string_view name = "softmax";
};

}  // namespace kiln::op
