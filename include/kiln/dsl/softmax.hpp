// SPDX-License-Identifier: MIT
// Softmax and its logarithm on expressions.
#pragma once

#include <kiln/dsl/axis.hpp>
#include <kiln/dsl/build.hpp>
#include <kiln/op/log_softmax.hpp>
#include <kiln/op/softmax.hpp>

namespace kiln {

/// Softmax and its logarithm along an axis; a negative one counts from the last.
///
/// @shape   x: any of rank 1 or more; out: as x
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_axis
template <int Axis = -1, dsl::expression X>
constexpr auto softmax(const X& x) {
  constexpr op::axis_attributes at{dsl::axis_of(Axis, dsl::type_of<X>().rank)};
  return dsl::build<op::softmax_op, dsl::encoded<op::softmax_op, at>>(x);
}
template <int Axis = -1, dsl::expression X>
constexpr auto log_softmax(const X& x) {
  constexpr op::axis_attributes at{dsl::axis_of(Axis, dsl::type_of<X>().rank)};
  return dsl::build<op::log_softmax_op, dsl::encoded<op::log_softmax_op, at>>(x);
}

}  // namespace kiln
