// SPDX-License-Identifier: MIT
// A user's callable as an operator on expressions.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/map.hpp>

#include <type_traits>

namespace kiln::dsl {

/// How errors spell what a callable must take, and what it takes.
template <int Count>
struct floats final {};
struct something_else final {};

namespace detail {

template <class F, class... Floats>
concept takes = std::is_invocable_r_v<float, const F&, Floats...>;

// Only floats are tried: a body may be no expression of a vector.
template <class F>
constexpr auto taken() {
  if constexpr (takes<F>) {
    return floats<0>{};
  } else if constexpr (takes<F, float>) {
    return floats<1>{};
  } else if constexpr (takes<F, float, float>) {
    return floats<2>{};
  } else if constexpr (takes<F, float, float, float>) {
    return floats<3>{};
  } else if constexpr (takes<F, float, float, float, float>) {
    return floats<4>{};
  } else {
    return something_else{};
  }
}

template <class>
using a_float = float;

}  // namespace detail

/// Op, which is map or map_vector, of a callable and its arguments.
template <class Op, class Site, class F, class... T>
constexpr auto apply_callable(const F& f, const T&... operands) {
  constexpr int count = static_cast<int>(sizeof...(T));
  if constexpr ((poisoned<T> || ...)) {
    return first_poison<T...>{};
  } else if constexpr (!detail::takes<F, detail::a_float<T>...>) {
    using taken = decltype(detail::taken<F>());
    constexpr auto what =
        std::is_same_v<taken, something_else> ? mistake::not_callable : mistake::wrong_arity;
    return poison<core::compile_error<what,
                                      core::where<Op, telling_name<T...>>,
                                      core::expected<floats<count>>,
                                      core::actual<taken>>>{};
  } else {
    return dsl::call<Op, attributes<>, no_defaults, Site>(dsl::callable<site<Site, -1>, count>(f),
                                                          operands...);
  }
}

}  // namespace kiln::dsl

namespace kiln {

/// f(float...) -> float for every element of the operands; f may have captures and is part of the
/// fused code. It is called from functions that do not throw: an f that does ends the program.
///
/// @shape   operands: broadcast as in NumPy, at most 7; numbers are constants
/// @errors  compile time: not_callable, wrong_arity, cannot_broadcast, wrong_dtype;
///          two_values_for_one_callable, cannot_compare_captures (one call site made several)
template <class F, class... T, class Site = decltype([] {})>
  requires(dsl::some_expression<T...> && sizeof...(T) < 8)
constexpr auto map(const F& f, const T&... operands) {
  return dsl::apply_callable<op::map_op, Site>(f, operands...);
}

/// The same for f(v...) -> v where v is a vector of floats of any width, or one float.
///
/// @shape   as map
/// @errors  as map
template <class F, class... T, class Site = decltype([] {})>
  requires(dsl::some_expression<T...> && sizeof...(T) < 8)
constexpr auto map_vector(const F& f, const T&... operands) {
  return dsl::apply_callable<op::map_vector_op, Site>(f, operands...);
}

}  // namespace kiln
