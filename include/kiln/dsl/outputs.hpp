// SPDX-License-Identifier: MIT
// Several results of one expression.
#pragma once

#include <kiln/dsl/build.hpp>

#include <cstddef>
#include <utility>

namespace kiln::dsl {

/// Expressions joined into one, the places of their results in it, and the results' names.
template <class Expression, class Names, int... Roots>
struct bundle final {
  Expression expression;
};

namespace detail {

template <class Names, class Chain, int... Roots>
constexpr auto named(const together<Chain, Roots...>& joined) {
  return bundle<expr<Chain>, Names, Roots...>{joined.expression};
}

// y0, y1, ...
template <class Indices>
struct default_names;
template <std::size_t... I>
struct default_names<std::index_sequence<I...>> {
  using type = core::list<core::text<'y', static_cast<char>('0' + I)>...>;
};

}  // namespace detail

/// The bundle of expressions with these names, or the first poison among them.
template <class Names, expression... E>
constexpr auto make_bundle(const E&... e) {
  if constexpr ((poisoned<E> || ...)) {
    return first_poison<E...>{};
  } else {
    return detail::named<Names>(dsl::join_all(e...));
  }
}

}  // namespace kiln::dsl

namespace kiln {

/// Several expressions to be computed by one net; they are named y0, y1, ... or as given. At most
/// 8.
///
/// @errors  compile time: duplicate_name
template <dsl::expression... E>
  requires(sizeof...(E) >= 1 && sizeof...(E) <= 8)
constexpr auto outputs(const E&... e) {
  using names = typename dsl::detail::default_names<std::make_index_sequence<sizeof...(E)>>::type;
  return dsl::make_bundle<names>(e...);
}
template <core::fixed_string... Names, dsl::expression... E>
  requires(sizeof...(Names) >= 1 && sizeof...(Names) == sizeof...(E) && sizeof...(E) <= 8)
constexpr auto outputs(const E&... e) {
  return dsl::make_bundle<core::list<core::text_of<Names>...>>(e...);
}

}  // namespace kiln
