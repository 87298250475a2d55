// SPDX-License-Identifier: MIT
// Reductions of expressions along axes.
#pragma once

#include <kiln/dsl/build.hpp>
#include <kiln/op/reduce_l1.hpp>
#include <kiln/op/reduce_l2.hpp>
#include <kiln/op/reduce_max.hpp>
#include <kiln/op/reduce_mean.hpp>
#include <kiln/op/reduce_min.hpp>
#include <kiln/op/reduce_prod.hpp>
#include <kiln/op/reduce_sum.hpp>

#include <concepts>
#include <cstdint>

namespace kiln::dsl {

/// The types of what a reduction may be told about its axes.
enum drop_axes : std::uint8_t { drop };
enum keep_axes : std::uint8_t { keep };

/// What happens to the axes of a reduction.
template <class T>
concept axis_policy = std::same_as<T, drop_axes> || std::same_as<T, keep_axes>;

namespace detail {

// No axes given: all of them. A negative one counts from the last; one that does not exist sets a
// bit that no tensor has, which the shape rule refuses.
template <int... Axes>
constexpr std::int32_t axes_mask(int rank) {
  if constexpr (sizeof...(Axes) == 0) {
    return (1 << rank) - 1;
  } else {
    std::int32_t mask = 0;
    for (const int axis : {Axes...}) {
      const int at = axis < 0 ? axis + rank : axis;
      mask |= 1 << (at < 0 || at > tensor::max_rank ? int{tensor::max_rank} : at);
    }
    return mask;
  }
}

}  // namespace detail

/// The reduction Op of x along Axes.
template <class Op, axis_policy Policy, int... Axes, expression X>
constexpr auto reduce(const X& x) {
  constexpr op::reduction_attributes at{detail::axes_mask<Axes...>(dsl::type_of<X>().rank),
                                        std::same_as<Policy, keep_axes>};
  return dsl::build<Op, encoded<Op, at>>(x);
}

/// The reduction Op of x along all axes between the first and the last.
template <class Op, expression X>
constexpr auto reduce_inner(const X& x) {
  constexpr int rank = dsl::type_of<X>().rank;
  constexpr op::reduction_attributes at{rank < 3 ? 2 << rank : (1 << (rank - 1)) - 2, 0};
  return dsl::build<Op, encoded<Op, at>>(x);
}

}  // namespace kiln::dsl

namespace kiln {

/// Given to a reduction: its axes stay, with extent 1.
using dsl::keep;

/// Reductions along Axes, or along all: kiln::reduce_sum<1>(x), kiln::reduce_max<-1>(x,
/// kiln::keep).
///
/// @shape   x: any; out: x without Axes, or with 1 in their place
/// @errors  compile time: wrong_axis, wrong_dtype
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_sum(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_sum_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_mean(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_mean_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_prod(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_prod_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_max(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_max_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_min(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_min_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_l1(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_l1_op, Policy, Axes...>(x);
}
template <int... Axes, dsl::expression X, dsl::axis_policy Policy = dsl::drop_axes>
constexpr auto reduce_l2(const X& x, Policy = {}) {
  return dsl::reduce<op::reduce_l2_op, Policy, Axes...>(x);
}

}  // namespace kiln
