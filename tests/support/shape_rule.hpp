// SPDX-License-Identifier: MIT
// What the unit tests of shape rules share: types, and what an operator infers from them.
#pragma once

#include <kiln/op/operation.hpp>

#include <array>

namespace kiln::test {

using op::mistake;
using tensor::dim;
using tensor::static_type;
using tensor::tensor_type;

/// A dynamic extent: `factor` times the symbol.
constexpr dim dynamic(int symbol, std::int32_t factor = 1) {
  return {factor, tensor::product_of(symbol)};
}

/// The type with another extent on one axis.
constexpr tensor_type with_axis(tensor_type t, int axis, dim extent) {
  t[axis] = extent;
  return t;
}

/// Op::infer on operand types given one by one.
template <class Op, class... Types>
constexpr op::inferred infer_of(const typename Op::attributes& attributes, const Types&... types) {
  const std::array<tensor_type, sizeof...(Types)> all{types...};
  return Op::infer(attributes, {all.data(), static_cast<int>(all.size())});
}

/// True where a rule refused with this mistake, and named these types.
constexpr bool refused(const op::inferred& r,
                       mistake what,
                       const tensor_type& expected,
                       const tensor_type& actual) {
  return r.what == what && r.expected == expected && r.actual == actual;
}

}  // namespace kiln::test
