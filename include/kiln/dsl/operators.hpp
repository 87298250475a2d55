// SPDX-License-Identifier: MIT
// + - * /, unary minus and comparisons of expressions and numbers.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/add.hpp>
#include <kiln/op/div.hpp>
#include <kiln/op/greater.hpp>
#include <kiln/op/greater_equal.hpp>
#include <kiln/op/less.hpp>
#include <kiln/op/less_equal.hpp>
#include <kiln/op/mul.hpp>
#include <kiln/op/negate.hpp>
#include <kiln/op/sub.hpp>

namespace kiln::dsl {

namespace detail {
// The usual cases directly: each function more is a long name for g++ to mangle.
template <class Op, class Site, class A, class B>
constexpr auto binary(const A& a, const B& b) {
  if constexpr (expression<A> && expression<B>) {
    return dsl::build<Op, attributes<>>(a, b);
  } else if constexpr (arithmetic<A>) {
    return dsl::build<Op, attributes<>>(dsl::scalar<site<Site, 0>>(a), b);
  } else if constexpr (arithmetic<B>) {
    return dsl::build<Op, attributes<>>(a, dsl::scalar<site<Site, 1>>(b));
  } else {
    return dsl::call<Op, attributes<>>(a, b);
  }
}
}  // namespace detail

/// Elementwise arithmetic; a number takes part as a constant.
///
/// @shape   a, b: broadcast as in NumPy
/// @errors  cannot_broadcast, wrong_dtype, constant_does_not_fit_f32, not_an_expression
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator+(const A& a, const B& b) { return detail::binary<op::add_op, Site>(a, b); }
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator-(const A& a, const B& b) { return detail::binary<op::sub_op, Site>(a, b); }
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator*(const A& a, const B& b) { return detail::binary<op::mul_op, Site>(a, b); }
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator/(const A& a, const B& b) { return detail::binary<op::div_op, Site>(a, b); }
template <expression A>
constexpr auto operator-(const A& a) {
  return dsl::build<op::negate_op, attributes<>>(a);
}

// kiln::equal and not_equal have no operators: whoever writes a == b of two expressions may as well
// ask whether they are the same, as generic code does of any values and hands the answer to an if.
/// Comparisons, as kiln::greater and so on: 1 where they hold, else 0.
///
/// @shape   a, b: broadcast as in NumPy
/// @errors  cannot_broadcast, wrong_dtype, constant_does_not_fit_f32, not_an_expression
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator>(const A& a, const B& b) {
  return detail::binary<op::greater_op, Site>(a, b);
}
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator<(const A& a, const B& b) { return detail::binary<op::less_op, Site>(a, b); }
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator>=(const A& a, const B& b) {
  return detail::binary<op::greater_equal_op, Site>(a, b);
}
template <class A, class B, class Site = decltype([] {})>
  requires some_expression<A, B>
constexpr auto operator<=(const A& a, const B& b) {
  return detail::binary<op::less_equal_op, Site>(a, b);
}

}  // namespace kiln::dsl
