// SPDX-License-Identifier: MIT
// The leaves of an expression: inputs, weights, numbers, arrays, callables.
#pragma once

#include <kiln/dsl/build.hpp>
#include <kiln/op/source.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace kiln::dsl {

/// A C++ number that may stand where an expression is expected.
template <class T>
concept arithmetic = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

/// What may be an operand: an expression or a number.
template <class T>
concept operand = expression<T> || arithmetic<T>;

namespace detail {

// A conversion that leaves the range of its target is no constant expression, so that the range is
// asked first.
template <std::floating_point T>
constexpr value_problem narrow(T value, float& narrowed) {
  using limits = std::numeric_limits<float>;
  if (value != value) {
    narrowed = limits::quiet_NaN();
    return {};
  }
  constexpr T largest{limits::max()};
  const bool infinite =
      value == std::numeric_limits<T>::infinity() || value == -std::numeric_limits<T>::infinity();
  if (value > largest || value < -largest) {
    narrowed = value < 0 ? -limits::infinity() : limits::infinity();
    if (infinite) return {};
    const double limit{value < 0 ? -limits::max() : limits::max()};
    return {value_mistake::constant_does_not_fit_f32, limit, static_cast<double>(value)};
  }
  narrowed = static_cast<float>(value);
  if (static_cast<T>(narrowed) == value) return {};
  return {value_mistake::constant_does_not_fit_f32, double{narrowed}, static_cast<double>(value)};
}

// A whole number fits if its digits, without the zero bits at their end, do.
template <std::integral T>
constexpr value_problem narrow(T value, float& narrowed) {
  narrowed = static_cast<float>(value);
  auto digits = static_cast<unsigned long long>(value);
  if (value < 0) digits = 0ULL - digits;
  while (digits != 0 && digits % 2 == 0) digits /= 2;
  if (digits < (1ULL << std::numeric_limits<float>::digits)) return {};
  return {value_mistake::constant_does_not_fit_f32, double{narrowed}, static_cast<double>(value)};
}

}  // namespace detail

/// A scalar constant. Site tells two of them apart that have the same place in an expression.
///
/// @errors  compile time: constant_does_not_fit_f32
template <class Site, arithmetic T>
constexpr auto scalar(T value) {
  expr<chain<nothing, n<op::constant_op, Site, typed<tensor::dtype::f32>>>> leaf{};
  leaf.problem = detail::narrow(value, leaf.scalars[0]);
  return leaf;
}

/// Expressions as they are, numbers as constants.
template <class Site, int Index, operand T>
constexpr auto as_expression(const T& x) {
  if constexpr (expression<T>) {
    return x;
  } else {
    return dsl::scalar<site<Site, Index>>(x);
  }
}

/// A leaf with a callable of Arity floats: the first operand of map. Functions become pointers.
template <class Site, int Arity, class F>
constexpr auto callable(const F& f) {
  using leaf = n<callable_op<std::decay_t<F>, Arity>, Site, typed<tensor::dtype::f32>>;
  return expr<chain<nothing, leaf>>{{}, {{}, {f}}, {}};
}

/// The identity of an array constant: the array itself.
template <const auto& Table>
struct table_reference final {};

namespace detail {

template <class T>
struct table_shape;
template <std::size_t N>
struct table_shape<std::array<float, N>> {
  using type = typed<tensor::dtype::f32, static_cast<int>(N)>;
};
template <std::size_t M, std::size_t N>
struct table_shape<std::array<std::array<float, N>, M>> {
  using type = typed<tensor::dtype::f32, static_cast<int>(M), static_cast<int>(N)>;
};
template <std::size_t N>
struct table_shape<float[N]> {
  using type = typed<tensor::dtype::f32, static_cast<int>(N)>;
};
template <std::size_t M, std::size_t N>
struct table_shape<float[M][N]> {
  using type = typed<tensor::dtype::f32, static_cast<int>(M), static_cast<int>(N)>;
};

template <class Extent>
inline constexpr bool positive = true;
template <class Integer, Integer N>
inline constexpr bool positive<boost::hana::integral_constant<Integer, N>> =
    N >= 1 && N <= std::numeric_limits<int>::max();

template <class Op, core::fixed_string Name, tensor::dtype Element, extent_like... Extents>
constexpr auto named_leaf() {
  using where = core::where<Op, core::text_of<Name>>;
  if constexpr (sizeof...(Extents) > tensor::max_rank) {
    return poison<core::compile_error<op::mistake::wrong_rank,
                                      where,
                                      core::expected<axes<tensor::max_rank>>,
                                      core::actual<axes<int{sizeof...(Extents)}>>>>{};
  } else if constexpr (!(positive<Extents> && ...)) {
    return poison<core::compile_error<op::mistake::wrong_size,
                                      where,
                                      core::expected<extents_from_1>,
                                      core::actual<Extents...>>>{};
  } else {
    using tensor_t = typed<Element, extent_argument<Extents>::value...>;
    return expr<chain<nothing, n<Op, core::text_of<Name>, tensor_t>>>{};
  }
}
template <class... Extents>
concept no_extents = !(extent_like<Extents> && ...);
}  // namespace detail

}  // namespace kiln::dsl

namespace kiln {

/// A tensor that run() reads; extents are 32_c or dim<"batch", 512>, from outer to inner.
///
/// @shape   as given; at most 6 axes
/// @errors  compile time: duplicate_name, wrong_rank (more than 6 axes), wrong_size (extent below
///          1), extent_not_constant (32 instead of 32_c)
template <core::fixed_string Name, tensor::dtype Element, dsl::extent_like... Extents>
constexpr auto input(Extents...) {
  return dsl::detail::named_leaf<op::input_op, Name, Element, Extents...>();
}
template <core::fixed_string Name, tensor::dtype Element, class... Extents>
  requires dsl::detail::no_extents<Extents...>
constexpr auto input(Extents...) {
  using where = core::where<op::input_op, core::text_of<Name>>;
  return dsl::no_constant_extents<where, Extents...>{};
}

/// A tensor that bind reads once and packs.
///
/// @shape   as given; at most 6 axes, static
/// @errors  compile time: as for input, dynamic_weight; when it is bound by name: missing_weight,
///          unknown_weight, wrong_size, wrong_element_type; run time: missing or misshapen weight.
///          Names of a map or a file that the net does not have are ignored: one file may serve
///          several nets.
template <core::fixed_string Name, tensor::dtype Element, dsl::extent_like... Extents>
constexpr auto weight(Extents...) {
  return dsl::detail::named_leaf<op::weight_op, Name, Element, Extents...>();
}
template <core::fixed_string Name, tensor::dtype Element, class... Extents>
  requires dsl::detail::no_extents<Extents...>
constexpr auto weight(Extents...) {
  using where = core::where<op::weight_op, core::text_of<Name>>;
  return dsl::no_constant_extents<where, Extents...>{};
}

/// A number as an expression; x * 0.5F makes one by itself.
///
/// @errors  compile time: constant_does_not_fit_f32
template <dsl::arithmetic T, class Site = decltype([] {})>
constexpr auto constant(T value) {
  return dsl::scalar<dsl::site<Site>>(value);
}

/// An array of static storage as an expression, by reference: std::array or C array of float, one
/// or two axes.
template <const auto& Table>
constexpr auto constant() {
  using shape = typename dsl::detail::table_shape<std::remove_cvref_t<decltype(Table)>>::type;
  return dsl::expr<
      dsl::chain<dsl::nothing, dsl::n<op::table_op, dsl::table_reference<Table>, shape>>>{};
}

}  // namespace kiln
