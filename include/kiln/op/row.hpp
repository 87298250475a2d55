// SPDX-License-Identifier: MIT
// What the row operators share: operators whose every output element needs a whole row.
#pragma once

#include <kiln/op/operation.hpp>

#include <cstdint>

namespace kiln::op {

/// The axis along which rows lie, counted from the first.
struct axis_attributes final {
  std::int32_t axis = 0;
  constexpr bool operator==(const axis_attributes&) const = default;
};

/// Refuses an axis that the tensor does not have.
///
/// @errors  wrong_axis
constexpr inferred check_axis(std::int32_t axis, const tensor_type& x) {
  if (axis >= 0 && axis < x.rank) return {x};
  tensor_type expected = x;
  const bool possible = axis >= 0 && axis < tensor::max_rank;
  expected.rank = static_cast<std::int8_t>(possible ? axis + 1 : 1);
  return fail(mistake::wrong_axis, expected, x);
}

/// Refuses a parameter that is neither a scalar nor a vector as long as the rows of x.
///
/// @errors  wrong_dtype, wrong_rank, wrong_size
constexpr inferred check_row_parameter(const tensor_type& x, const tensor_type& parameter) {
  if (!is_floating(parameter.element)) {
    return fail(mistake::wrong_dtype, with_element(parameter), parameter);
  }
  if (parameter.rank == 0) return {x};
  const tensor_type expected{x.element, 1, {x.back()}};
  if (parameter.rank != 1) return fail(mistake::wrong_rank, expected, parameter);
  if (parameter[0] != x.back()) return fail(mistake::wrong_size, expected, parameter);
  return {x};
}

/// Refuses what has no rows of floating elements.
///
/// @errors  wrong_rank, wrong_dtype
constexpr inferred check_rows(const tensor_type& x) {
  if (x.rank < 1) {
    tensor_type expected = x;
    expected.rank = 1;
    return fail(mistake::wrong_rank, expected, x);
  }
  if (!is_floating(x.element)) return fail(mistake::wrong_dtype, with_element(x), x);
  return {x};
}

/// Base of softmax and its logarithm: the type stays.
///
/// @errors  wrong_rank, wrong_dtype, wrong_axis
struct softmax_operation {
  using attributes = axis_attributes;
  static constexpr category group = category::row;
  static constexpr int arity = 1;
  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const inferred rows = check_rows(operands[0]);
    return rows.what == mistake::none ? check_axis(at.axis, operands[0]) : rows;
  }
};

/// Base of norms over the last axis: x, then parameters of a row's length, then a scalar epsilon.
///
/// @shape  x: [..., n]; parameters: [n] or scalar; epsilon: scalar; out: as x
/// @errors wrong_rank, wrong_dtype, wrong_size
template <int Arity>
struct norm_operation {
  using attributes = no_attributes;
  static constexpr category group = category::row;
  static constexpr int arity = Arity;
  static constexpr inferred infer(const attributes&, operand_types operands) {
    inferred r = check_rows(operands[0]);
    for (int i = 1; i < Arity && r.what == mistake::none; ++i) {
      r = check_row_parameter(operands[0], operands[i]);
    }
    if (r.what == mistake::none && operands[Arity - 1].rank != 0) {
      const tensor_type scalar{operands[Arity - 1].element, 0, {}};
      return fail(mistake::wrong_rank, scalar, operands[Arity - 1]);
    }
    return r;
  }
};

}  // namespace kiln::op
