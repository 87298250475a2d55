// SPDX-License-Identifier: MIT
// Elementwise mathematics on expressions: functions, comparisons, choice.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/abs.hpp>
#include <kiln/op/ceil.hpp>
#include <kiln/op/equal.hpp>
#include <kiln/op/erf.hpp>
#include <kiln/op/exp.hpp>
#include <kiln/op/exp2.hpp>
#include <kiln/op/floor.hpp>
#include <kiln/op/greater.hpp>
#include <kiln/op/greater_equal.hpp>
#include <kiln/op/less.hpp>
#include <kiln/op/less_equal.hpp>
#include <kiln/op/log.hpp>
#include <kiln/op/max.hpp>
#include <kiln/op/min.hpp>
#include <kiln/op/not_equal.hpp>
#include <kiln/op/pow.hpp>
#include <kiln/op/reciprocal.hpp>
#include <kiln/op/round.hpp>
#include <kiln/op/rsqrt.hpp>
#include <kiln/op/select.hpp>
#include <kiln/op/sqrt.hpp>
#include <kiln/op/square.hpp>

namespace kiln {

/// Mathematical functions of one operand; round goes to the nearest whole number, halves to even.
///
/// @shape   x: any; out: as x
/// @errors  compile time: wrong_dtype (integers need a cast)
template <class Chain>
constexpr auto square(const dsl::expr<Chain>& x) {
  return dsl::build<op::square_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused square(const T&) {
  return {core::accepted<dsl::no_operand<op::square_op, T>>()};
}
template <class Chain>
constexpr auto abs(const dsl::expr<Chain>& x) {
  return dsl::build<op::abs_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto sqrt(const dsl::expr<Chain>& x) {
  return dsl::build<op::sqrt_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto rsqrt(const dsl::expr<Chain>& x) {
  return dsl::build<op::rsqrt_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused rsqrt(const T&) {
  return {core::accepted<dsl::no_operand<op::rsqrt_op, T>>()};
}
template <class Chain>
constexpr auto exp(const dsl::expr<Chain>& x) {
  return dsl::build<op::exp_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto exp2(const dsl::expr<Chain>& x) {
  return dsl::build<op::exp2_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto log(const dsl::expr<Chain>& x) {
  return dsl::build<op::log_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto erf(const dsl::expr<Chain>& x) {
  return dsl::build<op::erf_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto reciprocal(const dsl::expr<Chain>& x) {
  return dsl::build<op::reciprocal_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused reciprocal(const T&) {
  return {core::accepted<dsl::no_operand<op::reciprocal_op, T>>()};
}
template <class Chain>
constexpr auto round(const dsl::expr<Chain>& x) {
  return dsl::build<op::round_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto floor(const dsl::expr<Chain>& x) {
  return dsl::build<op::floor_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto ceil(const dsl::expr<Chain>& x) {
  return dsl::build<op::ceil_op, dsl::attributes<>>(x);
}

/// Functions of two operands, either of which may be a number: max(a, b), min(a, b) (NaN if there
/// is one), pow(a, b).
///
/// @shape   a, b: broadcast as in NumPy
/// @errors  compile time: cannot_broadcast, wrong_dtype, wrong_number_of_operands,
///          constant_does_not_fit_f32
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto max(const T&... given) {
  return dsl::call<op::max_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto min(const T&... given) {
  return dsl::call<op::min_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto pow(const T&... given) {
  return dsl::call<op::pow_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}

/// Comparisons of two operands, either of which may be a number: 1 where they hold, else 0.
///
/// @shape   a, b: broadcast as in NumPy
/// @errors  compile time: cannot_broadcast, wrong_dtype, wrong_number_of_operands,
///          constant_does_not_fit_f32
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto equal(const T&... given) {
  return dsl::call<op::equal_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto not_equal(const T&... given) {
  return dsl::call<op::not_equal_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto less(const T&... given) {
  return dsl::call<op::less_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto less_equal(const T&... given) {
  return dsl::call<op::less_equal_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto greater(const T&... given) {
  return dsl::call<op::greater_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto greater_equal(const T&... given) {
  return dsl::call<op::greater_equal_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}

/// select(condition, a, b): a where the condition is not 0, else b.
///
/// @shape   broadcast as in NumPy
/// @errors  compile time: cannot_broadcast, wrong_dtype, wrong_number_of_operands,
///          constant_does_not_fit_f32
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto select(const T&... given) {
  return dsl::call<op::select_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}

}  // namespace kiln
