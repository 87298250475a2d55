// SPDX-License-Identifier: MIT
// Change of sign.
#pragma once

#include <kiln/op/elementwise.hpp>

#include <string_view>

namespace kiln::op {

/// @math  -x
struct negate_op final : elementwise_operation<1> {
  static constexpr std::string_view name = "negate";
  static constexpr double cost = 1;
  template <class T>
  static constexpr T apply(const T& x) {
    return -x;
  }
};

}  // namespace kiln::op
