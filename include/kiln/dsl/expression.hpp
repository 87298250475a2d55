// SPDX-License-Identifier: MIT
// An expression's type is its DAG as a list of nodes; its value carries constants and callables.
#pragma once

#include <kiln/core/diagnose.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/dsl/chain.hpp>
#include <kiln/dsl/node.hpp>
#include <kiln/dsl/typed.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace kiln::dsl {

/// A mistake that only the values of an expression show.
enum class value_mistake : std::uint8_t {
  none,
  constant_does_not_fit_f32,
  two_values_for_one_constant,
  two_values_for_one_callable,
  cannot_compare_captures,
  scale_not_positive,
  zero_point_out_of_range
};

/// First mistake found in the values, and the values that show it.
struct value_problem final {
  value_mistake what = value_mistake::none;
  double expected = 0;
  double actual = 0;
};

/// In the place of a chain: a mistake.
template <class Verdict>
struct wrong final {
  using name = void;
};

/// The kinds of type that are expressions.
struct good_kind final {
  static constexpr bool is_expression = true;
  static constexpr bool is_poison = false;
};
struct poison_kind final {
  static constexpr bool is_expression = true;
  static constexpr bool is_poison = true;
};

/// A subgraph that a user wrote. The last node of the chain is the result.
template <class Chain>
struct expr final {
  using kind = good_kind;
  using chain_t = Chain;

  std::array<float, Chain::scalars::value == 0 ? 1 : std::size_t{Chain::scalars::value}> scalars{};
  typename Chain::callables callables{};
  value_problem problem{};
};
template <class Verdict>
struct expr<wrong<Verdict>> final {
  using kind = poison_kind;
  using verdict = Verdict;
};

/// What an operator returns after a mistake; compile reports its verdict, once.
template <class Verdict>
using poison = expr<wrong<Verdict>>;

namespace detail {
struct other_kind final {
  static constexpr bool is_expression = false;
  static constexpr bool is_poison = false;
};
// Types instead of variable templates, whose names g++ would mangle (dsl/chain.hpp).
template <class T>
struct kind_of final {
  using type = other_kind;
};
template <class Chain>
struct kind_of<expr<Chain>> final {
  using type = typename expr<Chain>::kind;
};
template <class Chain>
struct kind_of<const expr<Chain>> final {
  using type = typename expr<Chain>::kind;
};
}  // namespace detail

/// Anything the operators of kiln accept and return.
template <class T>
concept expression = detail::kind_of<T>::type::is_expression;

/// What stands for a mistake.
template <class T>
concept poisoned = detail::kind_of<T>::type::is_poison;

/// What is none: functions say so in one line. Those that the standard library has too do not take
/// it, so that `using namespace kiln` leaves numbers to the standard library.
template <class T>
concept no_expression = !expression<T>;

namespace detail {
template <class E>
struct type_of_result;
template <class E>
struct type_of_result<const E> : type_of_result<E> {};
template <class Chain>
struct type_of_result<expr<Chain>> {
  using type = typename Chain::node_t::typed_t;
};
template <class Verdict>
struct type_of_result<poison<Verdict>> {
  using type = typed<tensor::dtype::f32>;
};
}  // namespace detail

/// The tensor type of an expression; of a poison: a scalar's.
template <expression E>
using typed_of = typename detail::type_of_result<E>::type;

/// The same as a value; symbols are numbered in order of appearance.
template <expression E>
constexpr const tensor::tensor_type& type_of() {
  return type_value<typed_of<E>, symbols_of<typed_of<E>>>;
}

/// The callables of an expression, by `graph::node::slot`.
template <class E>
using callables_of = typename E::chain_t::callables;

}  // namespace kiln::dsl
