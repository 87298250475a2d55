// SPDX-License-Identifier: MIT
// Root-mean-square normalisation over the last axis.
#pragma once

#include <kiln/op/row.hpp>

#include <string_view>

namespace kiln::op {

/// @shape  x: [..., n]; gamma: [n] or scalar; epsilon: scalar
/// @math   x / sqrt(sum of x^2 / n + epsilon) * gamma
struct rms_norm_op final : norm_operation<3> {
  static constexpr std::string_view name = "rms_norm";
};

}  // namespace kiln::op
