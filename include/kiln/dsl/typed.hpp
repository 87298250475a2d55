// SPDX-License-Identifier: MIT
// Tensor types as C++ types, and their translation to the values that shape rules work on.
#pragma once

#include <kiln/core/fixed_string.hpp>
#include <kiln/core/hana.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/tensor/shape.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// A dynamic extent's name and bound as a type; `value` is what graphs keep.
template <class Name, int Bound>
struct symbol_type final {
  static constexpr tensor::symbol value{Name::chars, Bound};
};

/// An extent known at run time: Factor times the symbols. An empty value, so that it can stand
/// beside plain integers in a shape.
template <int Factor, class... Symbols>
struct extent final {};

/// A tensor's type: element type, then one int or one extent for every axis. This is what compile
/// errors print.
template <tensor::dtype Element, auto... Extents>
struct typed final {};

namespace detail {

template <class Symbols, class... Types>
struct collect;
template <class... Symbols>
struct collect<core::list<Symbols...>> {
  using type = core::list<Symbols...>;
};
template <class List, class Symbol>
struct with;
template <class... Symbols, class Symbol>
struct with<core::list<Symbols...>, Symbol> {
  using type = std::conditional_t<(std::is_same_v<Symbols, Symbol> || ...),
                                  core::list<Symbols...>,
                                  core::list<Symbols..., Symbol>>;
};
template <class List, class Extent>
struct with_extent {
  using type = List;
};
template <class List, int F, class A, class... Rest>
struct with_extent<List, extent<F, A, Rest...>>
    : with_extent<typename with<List, A>::type, extent<F, Rest...>> {};

template <class List, class... Extents>
struct extended {
  using type = List;
};
template <class List, class First, class... Rest>
struct extended<List, First, Rest...>
    : extended<typename with_extent<List, First>::type, Rest...> {};

template <auto... Extents>
inline constexpr bool all_static =
    (std::is_same_v<std::remove_const_t<decltype(Extents)>, int> && ...);

template <class List, tensor::dtype E, auto... D, class... Types>
  requires(all_static<D...>)
struct collect<List, typed<E, D...>, Types...> : collect<List, Types...> {};
template <class List, tensor::dtype E, auto... D, class... Types>
struct collect<List, typed<E, D...>, Types...>
    : collect<typename extended<List, std::remove_const_t<decltype(D)>...>::type, Types...> {};

}  // namespace detail

/// The symbols of List and of some extents; integers have none.
template <class List, class... Extents>
using with_extents = typename detail::extended<List, Extents...>::type;

namespace detail {

template <class List>
constexpr tensor::dim dim_of(int n) {
  return {n};
}
template <class List, int F, class... Names>
constexpr tensor::dim dim_of(extent<F, Names...>) {
  return {F, tensor::product_of(static_cast<int>(core::index_of<Names, List>)...)};
}

template <class Symbols>
struct back_to_extent;
template <class... Symbols>
struct back_to_extent<core::list<Symbols...>> {
  template <int Factor, std::uint16_t Counts, class... Factors>
  static consteval auto make() {
    constexpr tensor::symbol_product left{Counts};
    if constexpr (!left.is_empty()) {
      using first = core::nth<static_cast<std::size_t>(left.first()), Symbols...>;
      return make<Factor, left.others().counts, Factors..., first>();
    } else if constexpr (sizeof...(Factors) == 0) {
      return Factor;
    } else {
      return extent<Factor, Factors...>{};
    }
  }
};

template <class Typed, class Symbols>
struct value;
template <tensor::dtype E, auto... D, class Symbols>
struct value<typed<E, D...>, Symbols> {
  static_assert(sizeof...(D) <= tensor::max_rank, "kiln: a tensor has at most 6 axes");
  static constexpr tensor::tensor_type v{
      E, static_cast<std::int8_t>(sizeof...(D)), {dim_of<Symbols>(D)...}};
};

}  // namespace detail

/// The distinct symbols of some tensor types, in order of appearance.
template <class... Types>
using symbols_of = typename detail::collect<core::list<>, Types...>::type;

/// A tensor type as a value; symbols become their place in Symbols. Static types share one value.
template <class Typed, class Symbols = core::list<>>
inline constexpr const tensor::tensor_type& type_value = detail::value<Typed, Symbols>::v;

/// The C++ type of the tensor type that Get::value() returns, a constant expression.
template <class Get, class Symbols, std::size_t... I>
consteval auto as_type(std::index_sequence<I...>) {
  constexpr tensor::tensor_type t = Get::value();
  return typed<t.element,
               detail::back_to_extent<Symbols>::template make<t.dims[I].factor,
                                                              t.dims[I].symbols.counts>()...>{};
}

/// An extent given by a user: `32_c` is static, `dim<"batch", 512>` dynamic with a bound.
template <class Extent>
struct extent_argument;
template <class Integer, Integer N>
struct extent_argument<boost::hana::integral_constant<Integer, N>> {
  static constexpr int value = static_cast<int>(N);
};
template <int F, class... S>
struct extent_argument<extent<F, S...>> {
  static constexpr extent<F, S...> value{};
};

/// What may be an extent of an input, a weight or a reshape.
template <class T>
concept extent_like = requires {
  extent_argument<T>::value;
};

/// How errors spell a tensor type with dynamic extents: clang prints values of class type, as which
/// `typed` holds extents, without their type.
template <tensor::dtype Element, class... Extents>
struct dynamic_typed final {};

namespace detail {
template <auto Value, class Type = std::remove_const_t<decltype(Value)>>
struct extent_as_type {
  using type = Type;
};
template <int Value>
struct extent_as_type<Value, int> {
  using type = extent<Value>;
};
template <class Typed>
struct printing;
template <tensor::dtype Element, auto... Extents>
struct printing<typed<Element, Extents...>> {
  using type = dynamic_typed<Element, typename extent_as_type<Extents>::type...>;
};
template <tensor::dtype Element, auto... Extents>
  requires(all_static<Extents...>)
struct printing<typed<Element, Extents...>> {
  using type = typed<Element, Extents...>;
};
}  // namespace detail

/// A `typed` as errors spell it.
template <class Typed>
using printed = typename detail::printing<Typed>::type;

/// How errors spell a number of axes, ...
template <int Count>
struct axes final {};
/// ... the rules for extents, ...
struct extents_from_1 final {};
struct extents_such_as_32_c final {};  // a plain 32 is no constant where it is an argument
struct static_extents final {};
/// ... and the axis on which a rule holds.
template <int Axis>
struct static_on_axis final {};

}  // namespace kiln::dsl

namespace kiln {

/// A dynamic extent: any value from 1 to Bound, chosen at each run.
template <core::fixed_string Name, int Bound>
inline constexpr dsl::extent<1, dsl::symbol_type<core::text_of<Name>, Bound>> dim{};

}  // namespace kiln
