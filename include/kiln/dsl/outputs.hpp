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

namespace detail {
template <class... Names>
constexpr int count_of(core::list<Names...>) {
  return sizeof...(Names);
}
}  // namespace detail

/// How errors spell where names and results are given, and how many there are.
struct call_of_outputs final {};
template <int Count>
struct names final {};
template <int Count>
struct results final {};

/// The most results of a net.
inline constexpr std::size_t max_results = 8;

/// The bundle of expressions with these names, or what is wrong: the first poison among them, too
/// many, another number of names.
template <class Names, expression... E>
constexpr auto make_bundle(const E&... e) {
  if constexpr ((poisoned<E> || ...)) {
    return first_poison<E...>{};
  } else if constexpr (sizeof...(E) > max_results) {
    return poison<core::compile_error<mistake::too_many_results,
                                      core::where<call_of_outputs>,
                                      core::expected<results<int{max_results}>>,
                                      core::actual<results<int{sizeof...(E)}>>>>{};
  } else if constexpr (detail::count_of(Names{}) != int{sizeof...(E)}) {
    return poison<core::compile_error<mistake::wrong_number_of_names,
                                      core::where<call_of_outputs>,
                                      core::expected<names<int{sizeof...(E)}>>,
                                      core::actual<names<detail::count_of(Names{})>>>>{};
  } else {
    return detail::named<Names>(dsl::join_all(e...));
  }
}

}  // namespace kiln::dsl

namespace kiln {

/// Several expressions to be computed by one net; they are named y0, y1, ... or as given. At most
/// 8.
///
/// @errors  compile time: duplicate_name, wrong_number_of_names, too_many_results
template <dsl::expression... E>
  requires(sizeof...(E) >= 1)
constexpr auto outputs(const E&... e) {
  using names = typename dsl::detail::default_names<std::make_index_sequence<sizeof...(E)>>::type;
  return dsl::make_bundle<names>(e...);
}
template <core::fixed_string... Names, dsl::expression... E>
  requires(sizeof...(Names) >= 1 && sizeof...(E) >= 1)
constexpr auto outputs(const E&... e) {
  return dsl::make_bundle<core::list<core::text_of<Names>...>>(e...);
}

}  // namespace kiln
