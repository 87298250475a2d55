// SPDX-License-Identifier: MIT
// Appends an operator to its operands' expressions: shape rule, verdict, joined chain.
#pragma once

#include <kiln/dsl/inference.hpp>
#include <kiln/dsl/merge.hpp>

#include <type_traits>

namespace kiln::dsl {

namespace detail {

template <class... E>
struct find_poison;
template <class First, class... Rest>
struct find_poison<First, Rest...> : find_poison<Rest...> {};
template <poisoned First, class... Rest>
struct find_poison<First, Rest...> {
  using type = First;
};

// The last operand with a name has the last word.
template <class Name, class... T>
struct find_name {
  using type = Name;
};
template <class Name, class First, class... Rest>
struct find_name<Name, First, Rest...> : find_name<Name, Rest...> {};
template <class Name, class Chain, class... Rest>
struct find_name<Name, expr<Chain>, Rest...>
    : find_name<
          std::conditional_t<std::is_void_v<typename Chain::name>, Name, typename Chain::name>,
          Rest...> {};

}  // namespace detail

/// The first of E that is a poison: what an operator with such operands returns.
template <class... E>
using first_poison = typename detail::find_poison<E...>::type;

/// How an error tells which operator it is: by the nearest weight or input of the last operand,
/// which in matmul(h, w2) is w2.
template <class... T>
using telling_name = typename detail::find_name<void, T...>::type;

/// What has extents that are no constants. Where is a core::where.
template <class Where, class... Given>
using no_constant_extents = poison<core::compile_error<mistake::extent_not_constant,
                                                       Where,
                                                       core::expected<extents_such_as_32_c>,
                                                       core::actual<Given...>>>;

/// Several expressions joined into one, and the places of their results in it.
template <class Chain, int... Roots>
struct together final {
  expr<Chain> expression;
};

namespace detail {

template <class Chain>
using single = rooted<Chain, Chain::size::value - 1>;

template <class Chain, int... Roots>
constexpr auto join_rest(rooted<Chain, Roots...>, const expr<Chain>& done) {
  return together<Chain, Roots...>{done};
}
template <class Chain, int... Roots, class Next, class... Rest>
constexpr auto join_rest(rooted<Chain, Roots...>,
                         const expr<Chain>& done,
                         const expr<Next>& next,
                         const Rest&... rest) {
  using joined = join<rooted<Chain, Roots...>, Next>;
  using result = expr<typename joined::type::chain_t>;
  return detail::join_rest(
      typename joined::type{}, joined::template values<result>(done, next), rest...);
}

template <class Rooted, class Op, class Identity, class Typed>
struct with_node;
template <class Chain, int... Roots, class Op, class Identity, class Typed>
struct with_node<rooted<Chain, Roots...>, Op, Identity, Typed> {
  using type = expr<chain<Chain, n<Op, Identity, Typed, Roots...>>>;
};

template <class Op, class Identity, class Typed, class Chain, int... Roots>
constexpr auto push(const together<Chain, Roots...>& joined) {
  const expr<Chain>& e = joined.expression;
  return expr<chain<Chain, n<Op, Identity, Typed, Roots...>>>{e.scalars, e.callables, e.problem};
}

}  // namespace detail

/// Joins expressions from left to right.
template <class Chain, class... Rest>
constexpr auto join_all(const expr<Chain>& first, const Rest&... rest) {
  return detail::join_rest(detail::single<Chain>{}, first, rest...);
}

/// The expression Op(operands...) of a given type: what a shape rule cannot infer (reshape) or what
/// it has inferred already.
template <class Op, class Identity, class Typed, class A>
constexpr auto build_as(const expr<A>& a) {
  return expr<chain<A, n<Op, Identity, Typed, A::size::value - 1>>>{
      a.scalars, a.callables, a.problem};
}
template <class Op, class Identity, class Typed, class A, class B>
constexpr auto build_as(const expr<A>& a, const expr<B>& b) {
  using joined = join<detail::single<A>, B>;
  using result = typename detail::with_node<typename joined::type, Op, Identity, Typed>::type;
  return joined::template values<result>(a, b);
}
template <class Op, class Identity, class Typed, expression... E>
  requires(sizeof...(E) > 2)
constexpr auto build_as(const E&... operands) {
  return detail::push<Op, Identity, Typed>(dsl::join_all(operands...));
}

/// The expression Op(operands...), or a poison that says what is wrong with them.
///
/// @errors  any op::mistake, with the nearest name, the expected and the actual tensor type
template <class Op, class Identity, expression... E>
constexpr auto build(const E&... operands) {
  if constexpr ((poisoned<E> || ...)) {
    return first_poison<E...>{};
  } else {
    using answer = inference<Op, Identity, typed_of<E>...>;
    if constexpr (answer::accepted) {
      return dsl::build_as<Op, Identity, typename answer::type>(operands...);
    } else {
      return poison<typename answer::template error<core::where<Op, telling_name<E...>>>>{};
    }
  }
}

}  // namespace kiln::dsl
