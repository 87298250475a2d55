// SPDX-License-Identifier: MIT
// Where values come from: inputs of run(), weights given at bind, constants in the expression.
#pragma once

#include <kiln/op/operation.hpp>

#include <string_view>

namespace kiln::op {

/// Base of operators without operands; their type is given, not inferred.
struct source_operation {
  using attributes = no_attributes;
  static constexpr category group = category::source;
  static constexpr int arity = 0;
  static constexpr inferred infer(const attributes&, operand_types) { return {}; }
};

/// A tensor that run() reads.
struct input_op final : source_operation {
  static constexpr std::string_view name = "input";
};
/// A tensor that bind() reads once.
struct weight_op final : source_operation {
  static constexpr std::string_view name = "weight";
};
/// A number in the expression.
struct constant_op final : source_operation {
  static constexpr std::string_view name = "constant";
};
/// An array in the expression, held by reference.
struct table_op final : source_operation {
  static constexpr std::string_view name = "table";
};

}  // namespace kiln::op
