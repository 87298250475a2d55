// SPDX-License-Identifier: MIT
// Functions that move elements or change their type: transpose, reshape, concat, slice, cast.
#pragma once

#include <kiln/dsl/axis.hpp>
#include <kiln/dsl/build.hpp>
#include <kiln/op/cast.hpp>
#include <kiln/op/concat.hpp>
#include <kiln/op/reshape.hpp>
#include <kiln/op/slice.hpp>
#include <kiln/op/transpose.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// The type of kiln::rest. An enumerator, because a variable of such a name would make compilers
/// warn of every local variable that is called the same.
enum rest_of_elements : std::uint8_t { rest };
template <>
struct extent_argument<rest_of_elements> {
  static constexpr int value = -1;
};

/// What may be an extent of a reshape.
template <class T>
concept reshape_extent = extent_like<T> || std::same_as<T, rest_of_elements>;

namespace detail {

// No axes given: the last two change places. A wrong number of axes becomes an order that the shape
// rule refuses.
template <int... Axes>
constexpr op::transpose_op::attributes order_of(int rank) {
  op::transpose_op::attributes at{};
  if constexpr (sizeof...(Axes) == 0) {
    for (int i = 0; i < rank; ++i) at.order[static_cast<std::size_t>(i)] = i;
    const auto last = static_cast<std::size_t>(rank < 2 ? 1 : rank - 1);
    std::swap(at.order[last], at.order[last - 1]);
    if (rank < 2) at.order[0] = -1;
  } else if (static_cast<int>(sizeof...(Axes)) != rank) {
    at.order[0] = -1;
  } else {
    std::size_t i = 0;
    ((at.order[i++] = dsl::axis_of(Axes, rank)), ...);
  }
  return at;
}

// What is left for kiln::rest: all elements divided by the other extents; 0 where they do not
// divide them.
constexpr tensor::dim quotient(const tensor::dim& all, const tensor::dim& others) {
  const bool divides =
      others.factor > 0 && all.factor % others.factor == 0 && others.symbols.divides(all.symbols);
  if (!divides) return {0};
  return {all.factor / others.factor, all.symbols / others.symbols};
}

template <class Typed>
constexpr tensor::dtype element_of = tensor::dtype::f32;
template <tensor::dtype Element, auto... Extents>
constexpr tensor::dtype element_of<typed<Element, Extents...>> = Element;

template <class From, class Target, class Symbols>
struct reshape_rule {
  static constexpr op::inferred answer() {
    tensor::tensor_type to = type_value<Target, Symbols>;
    const tensor::tensor_type& from = type_value<From, Symbols>;
    int open = -1;
    tensor::dim others{};
    for (int i = 0; i < to.rank; ++i) {
      if (to[i].factor == -1 && open < 0) {
        open = i;
      } else {
        others = others * to[i];
      }
    }
    if (open >= 0) to[open] = detail::quotient(from.elems(), others);
    return op::reshape_op::check(from, to);
  }
};

}  // namespace detail

/// The reshape of x to Target, a `typed`; one of its extents may be -1: the rest.
template <class Target, expression X>
constexpr auto reshape_to(const X& x) {
  if constexpr (poisoned<X>) {
    return x;
  } else {
    using from = typed_of<X>;
    using symbols = symbols_of<from, Target>;
    using answer = ruling<symbols, detail::reshape_rule<from, Target, symbols>>;
    if constexpr (!answer::accepted) {
      return poison<
          typename answer::template error<core::where<op::reshape_op, telling_name<X>>>>{};
    } else {
      return dsl::build_as<op::reshape_op, attributes<>, typename answer::type>(x);
    }
  }
}

}  // namespace kiln::dsl

namespace kiln {

/// Axes in another order: axis i of the result is axis Axes[i] of x. Without Axes the last two
/// change places.
///
/// @shape   x: [d0, d1, ...]
/// @errors  compile time: wrong_permutation
template <int... Axes, dsl::expression X>
constexpr auto transpose(const X& x) {
  constexpr auto at = dsl::detail::order_of<Axes...>(dsl::type_of<X>().rank);
  return dsl::build<op::transpose_op, dsl::encoded<op::transpose_op, at>>(x);
}

/// The extent of a reshape that follows from the others.
using dsl::rest;

/// The same elements in the same row-major order: kiln::reshape(x, 4_c, 8_c), also with
/// dim<"batch", 512>; one extent may be kiln::rest, which
/// is computed. Of an input whose rows become parts of longer ones, rows come without gaps.
///
/// @shape   x: any; out: as given, as many elements
/// @errors  compile time: wrong_size, too_many_symbols, extent_not_constant (8 instead of 8_c); run
///          time: net::view says kiln::error for such gaps
template <dsl::expression X, dsl::reshape_extent... Extents>
  requires(sizeof...(Extents) <= tensor::max_rank)
constexpr auto reshape(const X& x, Extents...) {
  using target = dsl::typed<dsl::detail::element_of<dsl::typed_of<X>>,
                            dsl::extent_argument<Extents>::value...>;
  return dsl::reshape_to<target>(x);
}
template <dsl::expression X, class... Extents>
  requires(!(dsl::reshape_extent<Extents> && ...))
constexpr auto reshape(const X& x, Extents...) {
  if constexpr (dsl::poisoned<X>) {
    return x;
  } else {
    using where = core::where<op::reshape_op, dsl::telling_name<X>>;
    return dsl::no_constant_extents<where, Extents...>{};
  }
}

/// Every Step-th element from Begin to before End along an axis; negative numbers count from the
/// end.
///
/// @shape   x: any, static on the axis
/// @errors  compile time: wrong_axis, out_of_range, wrong_stride, dynamic_extent
template <int Axis, int Begin, int End, int Step = 1, dsl::expression X>
constexpr auto slice(const X& x) {
  constexpr const tensor::tensor_type& type = dsl::type_of<X>();
  constexpr int axis = dsl::axis_of(Axis, type.rank);
  constexpr bool is_there = axis >= 0 && axis < type.rank;
  if constexpr (is_there && !type[axis].is_static()) {
    return dsl::poison<core::compile_error<op::mistake::dynamic_extent,
                                           core::where<op::slice_op, dsl::telling_name<X>>,
                                           core::expected<dsl::static_on_axis<axis>>,
                                           core::actual<dsl::printed<dsl::typed_of<X>>>>>{};
  } else {
    constexpr int extent = is_there ? type[axis].factor : 0;
    constexpr op::slice_op::attributes at{
        axis, Begin < 0 ? Begin + extent : Begin, End < 0 ? End + extent : End, Step};
    return dsl::build<op::slice_op, dsl::encoded<op::slice_op, at>>(x);
  }
}

/// Conversion to another element type: to the nearest, integers saturate.
///
/// @shape   x: any; out: as x
template <tensor::dtype Element, dsl::expression X>
constexpr auto cast(const X& x) {
  constexpr auto at = op::cast_op::to(Element);
  return dsl::build<op::cast_op, dsl::encoded<op::cast_op, at>>(x);
}

/// Tensors side by side along an axis; a negative one counts from the last.
///
/// @shape   x: equal but for their extents on the axis
/// @errors  compile time: wrong_axis, wrong_rank, wrong_dtype, wrong_size, dynamic_extent
template <int Axis = 0, dsl::expression First, dsl::expression... Rest>
  requires(sizeof...(Rest) < 8)
constexpr auto concat(const First& first, const Rest&... rest) {
  constexpr op::axis_attributes at{dsl::axis_of(Axis, dsl::type_of<First>().rank)};
  return dsl::build<op::concat_op, dsl::encoded<op::concat_op, at>>(first, rest...);
}
template <int Axis = 0, class A, class B, class C, class... Rest>
  requires(sizeof...(Rest) >= 6
           && dsl::expression<
               A> && dsl::expression<B> && dsl::expression<C> && (dsl::expression<Rest> && ...))
constexpr auto concat(const A& a, const B& b, const C& c, const Rest&... rest) {
  return kiln::concat<Axis>(kiln::concat<Axis>(a, b, c), rest...);
}

}  // namespace kiln
