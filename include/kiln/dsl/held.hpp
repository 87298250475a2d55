// SPDX-License-Identifier: MIT
// The callables of an expression, each held behind those that came before it.
//
// A holder derives from the holder it extends, as chains do: what one more callable costs the
// compiler does not depend on how many there are, which a tuple cannot offer.
#pragma once

#include <type_traits>

namespace kiln::dsl {

/// No callables.
struct nothing_held {
  using size = std::integral_constant<int, 0>;
};

/// Base by which the callable in a place is found.
template <int Place, class F, int Arity>
struct held_at {
  F f;
};

/// The callables of Before, then one more, which takes Arity floats.
template <class Before, class F, int Arity>
struct held
    : Before
    , held_at<Before::size::value, F, Arity> {
  using before = Before;
  using size = std::integral_constant<int, Before::size::value + 1>;
};

/// The callable in a place.
///
/// @cost  compile time: one look-up among base classes
template <int Place, class F, int Arity>
constexpr const F& callable_at(const held_at<Place, F, Arity>& one) {
  return one.f;
}

namespace detail {
template <int Place, class F, int Arity>
std::integral_constant<int, Arity> arity_held(const held_at<Place, F, Arity>*);
}  // namespace detail

/// How many floats the callable in a place takes.
template <int Place, class Held>
inline constexpr int arity_held_at =
    decltype(detail::arity_held<Place>(static_cast<const Held*>(nullptr)))::value;

}  // namespace kiln::dsl
