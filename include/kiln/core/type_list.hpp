// SPDX-License-Identifier: MIT
// Packs of types with constant-time element access: the only list the library uses for pure types.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln::core {

/// A pack of types as one type.
template <class... Types>
struct list final {
  static constexpr std::size_t size = sizeof...(Types);
};

namespace detail {
template <std::size_t I, class Type>
struct slot {
  using type = Type;
};
template <class Indices, class... Types>
struct slots;
template <std::size_t... I, class... Types>
struct slots<std::index_sequence<I...>, Types...> : slot<I, Types>... {};
template <std::size_t I, class Type>
slot<I, Type> pick(slot<I, Type>*);

template <class Type, class... Types>
consteval std::size_t index_in() {
  std::size_t index = 0;
  (void)((std::is_same_v<Type, Types> ? false : (++index, true)) && ...);
  return index;
}
template <class Type, class List>
struct position;
template <class Type, class... Types>
struct position<Type, list<Types...>> {
  static constexpr std::size_t value = index_in<Type, Types...>();
};
}  // namespace detail

/// The I-th of Types: one overload resolution, no recursion.
template <std::size_t I, class... Types>
using nth = typename decltype(detail::pick<I>(
    static_cast<detail::slots<std::index_sequence_for<Types...>, Types...>*>(nullptr)))::type;

/// Where Type stands in List; the size of List when it is not there.
template <class Type, class List>
inline constexpr std::size_t index_of = detail::position<Type, List>::value;

static_assert(std::is_same_v<nth<1, int, char, long>, char>);
static_assert(index_of<char, list<int, char>> == 1 && index_of<long, list<int, char>> == 2);

}  // namespace kiln::core
