// SPDX-License-Identifier: MIT
// What compile is given: one expression, or several with names.
#pragma once

#include <kiln/dsl/outputs.hpp>

#include <array>

namespace kiln::dsl {

/// What compile is given, an expression or a bundle: its chain, its results and their names.
template <class Y>
struct source;
template <class Chain>
struct source<expr<Chain>> {
  using expression_t = expr<Chain>;
  static constexpr const expression_t& expression(const expression_t& y) { return y; }
  static constexpr std::array<int, 1> roots{Chain::size::value - 1};
  using names = core::list<core::text<'y'>>;
};
template <class E, class... Names, int... Roots>
struct source<bundle<E, core::list<Names...>, Roots...>> {
  using expression_t = E;
  static constexpr const E& expression(const bundle<E, core::list<Names...>, Roots...>& y) {
    return y.expression;
  }
  static constexpr std::array<int, sizeof...(Roots)> roots{Roots...};
  using names = core::list<Names...>;
};

}  // namespace kiln::dsl
