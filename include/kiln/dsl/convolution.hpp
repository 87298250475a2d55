// SPDX-License-Identifier: MIT
// Convolutions and pooling of expressions, channels last.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/dsl/movement.hpp>
#include <kiln/dsl/reductions.hpp>
#include <kiln/dsl/window.hpp>
#include <kiln/op/avg_pool.hpp>
#include <kiln/op/conv2d.hpp>
#include <kiln/op/max_pool.hpp>

#include <type_traits>

namespace kiln::dsl {

namespace detail {

template <class T>
constexpr tensor::tensor_type type_or_scalar() {
  if constexpr (expression<T>) {
    return dsl::type_of<T>();
  } else {
    return {};
  }
}

// An image of height 1 of a sequence, and a window of height 1 of its weights.
template <class Typed>
struct as_image;
template <tensor::dtype Element, auto B, auto T, auto C>
struct as_image<typed<Element, B, T, C>> {
  using image = typed<Element, B, 1, T, C>;
  using weights = typed<Element, 1, B, T, C>;
};
template <class Typed>
struct as_sequence;
template <tensor::dtype Element, auto B, auto H, auto T, auto C>
struct as_sequence<typed<Element, B, H, T, C>> {
  using type = typed<Element, B, T, C>;
};

template <class E>
constexpr auto from_image(const E& image) {
  if constexpr (poisoned<E>) {
    return image;
  } else {
    return dsl::reshape_to<typename as_sequence<typed_of<E>>::type>(image);
  }
}

template <class X>
concept sequence = expression<X> && !poisoned<X> && dsl::type_of<X>().rank == 3;

/// How errors name conv1d, which is no operator of its own.
struct conv1d_fn final {
  using attributes = op::no_attributes;
  static constexpr int arity = 2;
  static constexpr op::inferred infer(const attributes&, op::operand_types operands) {
    const tensor::tensor_type& wrong = operands[operands[0].rank == 3 ? 1 : 0];
    tensor::tensor_type expected = wrong;
    expected.rank = 3;
    return op::fail(op::mistake::wrong_rank, expected, wrong);
  }
};

constexpr window as_2d(const window1d& w) {
  padding pad{0, w.pad.before, 0, w.pad.after};
  pad.rule = w.pad.rule;
  return {.stride = {1, w.stride}, .pad = pad, .dilation = {1, w.dilation}, .groups = w.groups};
}

}  // namespace detail
}  // namespace kiln::dsl

namespace kiln {

/// Convolution of images: kiln::conv2d<kiln::window{.stride = {2, 2}, .pad = kiln::same}>(x, w).
///
/// @shape   x: [b, h, w, c]; w: [r, s, c / groups, f]; out: [b, h', w', f]
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_groups, inner_dimensions_differ
///          (channels), wrong_size, wrong_stride, wrong_pad, dynamic_extent, not_an_expression
template <window Window = window{}, class X, class W>
  requires dsl::some_expression<X, W>
constexpr auto conv2d(const X& x, const W& w) {
  constexpr auto at = dsl::convolution_of(
      Window, dsl::detail::type_or_scalar<X>(), dsl::detail::type_or_scalar<W>());
  return dsl::call<op::conv2d_op, dsl::encoded<op::conv2d_op, at>>(x, w);
}

/// Convolution of sequences; kiln::conv1d<kiln::window1d{.pad = kiln::causal, .dilation = 2}>(x,
/// w).
///
/// @shape   x: [b, t, c]; w: [s, c / groups, f]; out: [b, t', f]
/// @errors  as conv2d
template <window1d Window = window1d{}, class X, class W>
  requires dsl::some_expression<X, W>
constexpr auto conv1d(const X& x, const W& w) {
  if constexpr (!dsl::detail::sequence<X> || !dsl::detail::sequence<W>) {
    return dsl::call<dsl::detail::conv1d_fn, dsl::attributes<>>(x, w);
  } else {
    using image = typename dsl::detail::as_image<dsl::typed_of<X>>::image;
    using weights = typename dsl::detail::as_image<dsl::typed_of<W>>::weights;
    return dsl::detail::from_image(kiln::conv2d<dsl::detail::as_2d(Window)>(
        dsl::reshape_to<image>(x), dsl::reshape_to<weights>(w)));
  }
}

/// Maximum and average over windows of each channel.
///
/// @shape   x: [b, h, w, c]; out: [b, h', w', c]
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_size, wrong_stride, wrong_pad,
///          dynamic_extent
template <pool Pool, dsl::expression X>
constexpr auto max_pool(const X& x) {
  constexpr auto at = dsl::pooling_of(Pool, dsl::type_of<X>());
  return dsl::build<op::max_pool_op, dsl::encoded<op::max_pool_op, at>>(x);
}
template <pool Pool, dsl::expression X>
constexpr auto avg_pool(const X& x) {
  constexpr auto at = dsl::pooling_of(Pool, dsl::type_of<X>());
  return dsl::build<op::avg_pool_op, dsl::encoded<op::avg_pool_op, at>>(x);
}

/// Maximum and average of each channel.
///
/// @shape   x: [b, h, w, c] (or [b, t, c]); out: [b, c]
/// @errors  compile time: wrong_axis (rank below 3), wrong_dtype
template <dsl::expression X>
constexpr auto global_max_pool(const X& x) {
  return dsl::reduce_inner<op::reduce_max_op>(x);
}
template <dsl::expression X>
constexpr auto global_avg_pool(const X& x) {
  return dsl::reduce_inner<op::reduce_mean_op>(x);
}

}  // namespace kiln
