// SPDX-License-Identifier: MIT
// Axes in another order.
#pragma once

#include <kiln/op/operation.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @shape  x: [d0, d1, ...]; out axis i is x axis order[i]
/// @errors wrong_permutation
struct transpose_op final {
  struct attributes final {
    std::array<std::int32_t, tensor::max_rank> order{};  // 0 beyond the rank
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "transpose";
  static constexpr category group = category::movement;
  static constexpr int arity = 1;

  /// The attributes of an order of axes: `of(1, 0)`.
  template <class... Axes>
  static constexpr attributes of(Axes... axes) {
    return {{static_cast<std::int32_t>(axes)...}};
  }

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const tensor_type& x = operands[0];
    tensor_type r = x;
    unsigned seen = 0;
    for (int i = 0; i < tensor::max_rank; ++i) {
      const std::int32_t from = at.order[static_cast<std::size_t>(i)];
      const bool inside = i < x.rank;
      if (inside ? from < 0 || from >= x.rank || ((seen >> from) & 1U) != 0 : from != 0) {
        return fail(mistake::wrong_permutation, x, x);
      }
      if (!inside) continue;
      seen |= 1U << from;
      r[i] = x[from];
    }
    return {r};
  }
};

}  // namespace kiln::op
