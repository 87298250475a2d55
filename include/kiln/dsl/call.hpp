// SPDX-License-Identifier: MIT
// Applies an operator to what a user gave: expressions, numbers, or something that is neither.
#pragma once

#include <kiln/dsl/leaf.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// At least one of T is an expression. The rest is accepted too and becomes a poison if it is no
/// operand: a refused overload would print the types of all operands, which may be long.
template <class... T>
concept some_expression = (expression<T> || ...);

/// Numbers that a user may leave out: the last operands. Models have such an array.
struct no_defaults final {
  static constexpr std::array<float, 0> values{};
};

/// How errors spell what an operand must be, ...
struct expression_or_number final {};
/// ... and how many there must be.
template <int Count>
struct operands final {};

namespace detail {

template <class Op>
struct default_site final {};

template <class... T>
struct first_stranger;
template <class First, class... Rest>
struct first_stranger<First, Rest...> {
  using type = First;
};
template <operand First, class... Rest>
struct first_stranger<First, Rest...> : first_stranger<Rest...> {};

template <class Op, class Identity, class Defaults, std::size_t... Missing, class... E>
constexpr auto with_defaults(std::index_sequence<Missing...>, const E&... given) {
  constexpr std::size_t first = Defaults::values.size() - sizeof...(Missing);
  return dsl::build<Op, Identity>(
      given...,
      dsl::scalar<site<default_site<Op>, static_cast<int>(first + Missing)>>(
          Defaults::values[first + Missing])...);
}

template <class Op, class Identity, class Defaults, class Site>
struct caller {
  static constexpr int defaults = static_cast<int>(Defaults::values.size());

  template <int... I, class... T>
  static constexpr auto call(std::integer_sequence<int, I...>, const T&... given) {
    constexpr int count = static_cast<int>(sizeof...(T));
    using where = core::where<Op, telling_name<T...>>;
    if constexpr ((poisoned<T> || ...)) {
      return first_poison<T...>{};
    } else if constexpr (!(operand<T> && ...)) {
      return poison<core::compile_error<mistake::not_an_expression,
                                        where,
                                        core::expected<expression_or_number>,
                                        core::actual<typename first_stranger<T...>::type>>>{};
    } else if constexpr ((Op::arity >= 0) && (count > Op::arity || count < Op::arity - defaults)) {
      return poison<core::compile_error<mistake::wrong_number_of_operands,
                                        where,
                                        core::expected<operands<Op::arity>>,
                                        core::actual<operands<count>>>>{};
    } else {
      constexpr int missing = Op::arity < 0 ? 0 : Op::arity - count;
      return detail::with_defaults<Op, Identity, Defaults>(
          std::make_index_sequence<static_cast<std::size_t>(missing)>{},
          dsl::as_expression<Site, I>(given)...);
    }
  }
};

}  // namespace detail

/// The expression Op(given...), numbers made constants of Site and missing numbers taken from
/// Defaults, or a poison.
///
/// @errors  not_an_expression, wrong_number_of_operands, those of the operator's shape rule
template <class Op, class Identity, class Defaults = no_defaults, class Site = void, class... T>
  requires some_expression<T...>
constexpr auto call(const T&... given) {
  if constexpr (static_cast<int>(sizeof...(T)) == Op::arity && (expression<T> && ...)) {
    return dsl::build<Op, Identity>(given...);  // the usual case, without more names to mangle
  } else {
    return detail::caller<Op, Identity, Defaults, Site>::call(
        std::make_integer_sequence<int, static_cast<int>(sizeof...(T))>{}, given...);
  }
}

/// The verdict on a function of what is no expression.
template <class Op, class... T>
using no_operand = core::compile_error<mistake::not_an_expression,
                                       core::where<Op>,
                                       core::expected<expression_or_number>,
                                       core::actual<T...>>;

/// What such a function returns after it has reported that.
struct refused final {
  bool accepted = false;
};

}  // namespace kiln::dsl
