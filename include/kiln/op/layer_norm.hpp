// SPDX-License-Identifier: MIT
// Layer normalisation over the last axis.
#pragma once

#include <kiln/op/row.hpp>

#include <string_view>

namespace kiln::op {

/// @shape  x: [..., n]; gamma, beta: [n] or scalar; epsilon: scalar
/// @math   (x - mean) / sqrt(variance + epsilon) * gamma + beta with mean = sum of x / n and
///         variance = sum of (x - mean)^2 / n, in two passes: a mean far from 0 costs no digits
struct layer_norm_op final : norm_operation<4> {
  static constexpr std::string_view name = "layer_norm";
};

}  // namespace kiln::op
