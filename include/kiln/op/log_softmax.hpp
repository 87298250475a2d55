// SPDX-License-Identifier: MIT
// Logarithm of softmax along an axis.
#pragma once

#include <kiln/op/row.hpp>

#include <string_view>

namespace kiln::op {

/// @math  (x - m) - ln(sum of e^(x - m)), m = max of the row; a row with a NaN, with +inf, or of
///        -inf alone is NaN
struct log_softmax_op final : softmax_operation {
  static constexpr std::string_view name = "log_softmax";
};

}  // namespace kiln::op
