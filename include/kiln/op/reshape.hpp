// SPDX-License-Identifier: MIT
// The same elements in the same row-major order under another shape.
#pragma once

#include <kiln/op/operation.hpp>

#include <string_view>

namespace kiln::op {

/// The target type does not fit into attributes: whoever makes the node gives it and asks `check`.
///
/// @shape  x: any; out: any shape with as many elements
struct reshape_op final {
  using attributes = no_attributes;
  static constexpr std::string_view name = "reshape";
  static constexpr category group = category::movement;
  static constexpr int arity = 1;

  /// Without a target the shape stays; `check` is the rule.
  static constexpr inferred infer(const attributes&, operand_types operands) {
    return {operands[0]};
  }

  /// The type `to`, or why `from` cannot take it.
  ///
  /// @errors  wrong_dtype, wrong_size (numbers of elements differ)
  static constexpr inferred check(const tensor_type& from, const tensor_type& to) {
    if (from.element != to.element) return fail(mistake::wrong_dtype, from, to);
    if (from.elems() != to.elems()) return fail(mistake::wrong_size, from, to);
    return {to};
  }
};

}  // namespace kiln::op
