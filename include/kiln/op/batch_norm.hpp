// SPDX-License-Identifier: MIT
// Batch normalisation at inference: statistics are given, one for each channel of the last axis.
#pragma once

#include <kiln/core/math.hpp>
#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @shape  x: [..., c]; gamma, beta, mean, variance: broadcast to x, usually [c]; epsilon: scalar
/// @math   (x - mean) / sqrt(variance + epsilon) * gamma + beta
/// @errors cannot_broadcast (also where a statistic would enlarge x), wrong_dtype
struct batch_norm_op final : elementwise_operation<6> {
  static constexpr std::string_view name = "batch_norm";
  static constexpr double cost = 9;

  static constexpr inferred infer(const attributes& none, operand_types operands) {
    const inferred r = elementwise_operation::infer(none, operands);
    if (r.what != mistake::none || r.type.same_shape(operands[0])) return r;
    return fail(mistake::cannot_broadcast, r.type, operands[0]);
  }

  template <class T>
  static constexpr T apply(const T& x,
                           const T& gamma,
                           const T& beta,
                           const T& mean,
                           const T& variance,
                           const T& epsilon) {
    return core::fma((x - mean) * core::rsqrt(variance + epsilon), gamma, beta);
  }
};

}  // namespace kiln::op
