// SPDX-License-Identifier: MIT
// What all elementwise operators share: NumPy broadcasting and the dtype rule.
#pragma once

#include <kiln/op/operation.hpp>

#include <concepts>

namespace kiln::op {

namespace detail {
// Extents agree, or one of them is 1.
constexpr bool broadcast_dim(dim& into, const dim& from) {
  constexpr dim one{};
  if (into == from || from == one) return true;
  if (into != one) return false;
  into = from;
  return true;
}
}  // namespace detail

/// The common type of two operands: shapes aligned at the last axis, extents equal or 1; equal
/// element types stay, different floating ones give f32.
///
/// @errors  cannot_broadcast, wrong_dtype (integers need a cast)
constexpr inferred broadcast(const tensor_type& a, const tensor_type& b) {
  if (!is_floating(a.element)) return fail(mistake::wrong_dtype, with_element(a), a);
  if (!is_floating(b.element)) return fail(mistake::wrong_dtype, with_element(b), b);
  tensor_type r = a.rank >= b.rank ? a : b;
  const tensor_type& s = a.rank >= b.rank ? b : a;
  for (int i = 0; i < s.rank; ++i) {
    if (!detail::broadcast_dim(r[r.rank - 1 - i], s[s.rank - 1 - i])) {
      return fail(mistake::cannot_broadcast, a, b);
    }
  }
  r.element = a.element == b.element ? a.element : tensor::dtype::f32;
  return {r};
}

/// Base of operators whose output element depends on one element of each operand.
///
/// A model adds `name`, optionally `cost` (flop an element), and `apply(T x...)`, which works for
/// double, float, simd packs and the oracle's intervals, so that one written meaning serves all.
template <int Arity>
struct elementwise_operation {
  using attributes = no_attributes;
  static constexpr category group = category::elementwise;
  static constexpr int arity = Arity;

  /// Scalar operands (rank 0) take part like any other and never decide the element type.
  static constexpr inferred infer(const attributes&, operand_types operands) {
    inferred r{};
    bool first = true;
    for (int i = 0; i < operands.count; ++i) {
      if (operands[i].rank == 0 && operands.count > 1) continue;
      r = first ? broadcast(operands[i], operands[i]) : broadcast(r.type, operands[i]);
      first = false;
      if (r.what != mistake::none) return r;
    }
    return first ? inferred{operands[0]} : r;
  }
};

/// A number in the meaning of an operator: exact for double, rounded to f32 in floats and packs; a
/// type with a member function number(double) decides itself.
template <class T>
constexpr T number(double value) {
  if constexpr (requires { T::number(value); }) {
    return T::number(value);
  } else if constexpr (std::same_as<T, double>) {
    return value;
  } else {
    return T(static_cast<float>(value));
  }
}

}  // namespace kiln::op
