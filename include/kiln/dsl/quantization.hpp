// SPDX-License-Identifier: MIT
// Quantised tensors in expressions: quantize, dequantize, and scales computed in each run.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/dsl/elementwise.hpp>
#include <kiln/dsl/movement.hpp>
#include <kiln/dsl/operators.hpp>
#include <kiln/dsl/reductions.hpp>
#include <kiln/op/dequantize.hpp>
#include <kiln/op/quantize.hpp>

#include <limits>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// The integers that elements are quantised to.
template <tensor::dtype Element>
inline constexpr bool is_quantized = Element == tensor::dtype::u8 || Element == tensor::dtype::s8;

/// The least and the greatest zero point of an element type.
template <tensor::dtype Element>
struct zero_points final {
  static constexpr double least = Element == tensor::dtype::u8   ? 0
                                  : Element == tensor::dtype::s8 ? -128
                                                                 : -2147483648.0;
  static constexpr double greatest = Element == tensor::dtype::u8   ? 255
                                     : Element == tensor::dtype::s8 ? 127
                                                                    : 2147483647.0;
};

/// How errors spell the axis that was asked for.
template <int Axis>
struct channel_axis final {};

namespace detail {

// A number as a constant that knows whether it may be a scale ...
template <class Site, class T>
constexpr auto scale_of(const T& scale) {
  if constexpr (arithmetic<T>) {
    auto leaf = dsl::scalar<site<Site, 1>>(scale);
    const auto value = static_cast<double>(leaf.scalars[0]);
    const bool good = value > 0 && value < std::numeric_limits<double>::infinity();
    if (!good) leaf.problem = {value_mistake::scale_not_positive, 1, static_cast<double>(scale)};
    return leaf;
  } else {
    return scale;
  }
}
// ... or a zero point of these elements.
template <tensor::dtype Element, class Site, class T>
constexpr auto zero_point_of(const T& zero_point) {
  if constexpr (arithmetic<T>) {
    auto leaf = dsl::scalar<site<Site, 2>>(zero_point);
    const auto value = static_cast<double>(zero_point);
    using range = zero_points<Element>;
    const bool inside = value >= range::least && value <= range::greatest;
    const bool whole = inside && static_cast<double>(static_cast<long long>(value)) == value;
    if (!whole) {
      const double near = value > range::greatest ? range::greatest : range::least;
      leaf.problem = {value_mistake::zero_point_out_of_range, inside ? 0 : near, value};
    }
    return leaf;
  } else {
    return zero_point;
  }
}

template <class Typed, class Ones>
struct channels;
template <tensor::dtype Element, auto Extent, int... Ones>
struct channels<typed<Element, Extent>, std::integer_sequence<int, Ones...>> {
  using type = typed<Element, Extent, 1 + 0 * Ones...>;
};

// A vector of one number a channel, so that it lies along that axis of x.
template <int Trailing, class P>
constexpr auto along_axis(const P& p) {
  if constexpr (poisoned<P>) {
    return p;
  } else if constexpr (Trailing == 0 || dsl::type_of<P>().rank != 1) {
    return p;
  } else {
    return dsl::reshape_to<
        typename channels<typed_of<P>, std::make_integer_sequence<int, Trailing>>::type>(p);
  }
}

template <class P>
constexpr tensor::dtype element_type_of() {
  if constexpr (poisoned<P>) {
    return tensor::dtype::f32;
  } else {
    return dsl::type_of<P>().element;
  }
}

// How a quantisation refers to its parameters: Zero is what a zero point is counted in.
template <class Op, tensor::dtype Zero, int Axis, class Site>
struct scaling final {
  template <class X, class S, class Z>
  static constexpr auto apply(const X& x, const S& scale, const Z& zero_point) {
    using where = core::where<Op, telling_name<X>>;
    constexpr int rank = dsl::type_of<X>().rank;
    constexpr int axis = Axis < 0 ? Axis + rank : Axis;
    if constexpr (poisoned<X>) {
      return x;
    } else if constexpr (!operand<S> || !operand<Z>) {
      using stranger = std::conditional_t<operand<S>, Z, S>;
      return poison<core::compile_error<mistake::not_an_expression,
                                        where,
                                        core::expected<expression_or_number>,
                                        core::actual<stranger>>>{};
    } else if constexpr (rank > 0 && (axis < 0 || axis >= rank)) {
      return poison<core::compile_error<op::mistake::wrong_axis,
                                        where,
                                        core::expected<axes<rank>>,
                                        core::actual<channel_axis<Axis>>>>{};
    } else {
      return applied < rank == 0 ? 0 : rank - 1 - axis > (x, scale, zero_point);
    }
  }

 private:
  template <int Trailing, class X, class S, class Z>
  static constexpr auto applied(const X& x, const S& scale, const Z& zero_point) {
    const auto s = scale_of<Site>(scale);
    const auto z = zero_point_of<Zero, Site>(zero_point);
    constexpr auto element = element_type_of<std::remove_const_t<decltype(z)>>();
    if constexpr (!is_floating(element) && element != Zero && element != tensor::dtype::s32) {
      return poison<core::compile_error<op::mistake::wrong_dtype,
                                        core::where<Op, telling_name<X>>,
                                        core::expected<typed<Zero>>,
                                        core::actual<typed<element>>>>{};
    } else {
      return dsl::build<Op, attributes<>>(
          x, detail::along_axis<Trailing>(s), detail::along_axis<Trailing>(z));
    }
  }
};

// quantize to To, or the verdict that there is no such quantisation.
template <tensor::dtype To, int Axis, class Site>
struct quantizing final {
  template <class X, class S, class Z>
  static constexpr auto apply(const X& x, const S& scale, const Z& zero_point) {
    if constexpr (!is_quantized<To> && !poisoned<X>) {
      return poison<core::compile_error<op::mistake::wrong_dtype,
                                        core::where<op::quantize_op, telling_name<X>>,
                                        core::expected<typed<tensor::dtype::u8>>,
                                        core::actual<typed<To>>>>{};
    } else {
      return kiln::cast<To>(scaling<op::quantize_op, To, Axis, Site>::apply(x, scale, zero_point));
    }
  }
};

}  // namespace detail

/// A tensor quantised in the run itself: what dynamic_quantize gives.
template <expression Values, expression Scale, expression Zero>
struct quantized final {
  Values values;
  Scale scale;
  Zero zero_point;
};

}  // namespace kiln::dsl

namespace kiln {

/// Numbers as u8 or s8, as ONNX QuantizeLinear does: the quotient by the scale is rounded to a
/// whole number, halves to even; the zero point is added; the sum saturates. NaN becomes 0,
/// as in cast. A scale or zero point that is a vector belongs to the channels along Axis.
///
///     quantize<u8>(x, 0.02F, 128)        numbers
///     quantize<s8, 0>(w, scale)          a weight or an input of the net: one scale an output row
///
/// @shape   x: any; scale: positive, scalar, [channels], or broadcast to x; zero point: likewise
/// @math    saturate(round(x / scale) + zero_point), each step rounded to f32
/// @errors  compile time: wrong_dtype, cannot_broadcast, wrong_axis, scale_not_positive,
///          zero_point_out_of_range (tests/compile_fail/dsl/quantize_*.cpp)
template <tensor::dtype To,
          int Axis = -1,
          dsl::expression X,
          class... Parameters,
          class Site = decltype([] {})>
  requires(sizeof...(Parameters) == 2)
constexpr auto quantize(const X& x, const Parameters&... scale_and_zero_point) {
  return dsl::detail::quantizing<To, Axis, Site>::apply(x, scale_and_zero_point...);
}
template <tensor::dtype To,
          int Axis = -1,
          dsl::expression X,
          class Scale,
          class Site = decltype([] {})>
constexpr auto quantize(const X& x, const Scale& scale) {
  return dsl::detail::quantizing<To, Axis, Site>::apply(x, scale, 0);
}

/// What integers stand for, in f32, as ONNX DequantizeLinear does. u8, s8 and s32 (biases).
///
/// @shape   as for quantize
/// @math    (x - zero_point) * scale
/// @errors  as for quantize
template <int Axis = -1,
          dsl::expression X,
          class Scale,
          class Zero = int,
          class Site = decltype([] {})>
constexpr auto dequantize(const X& x, const Scale& scale, const Zero& zero_point = {}) {
  constexpr auto element = dsl::detail::element_type_of<X>();
  using scaling = dsl::detail::scaling<op::dequantize_op, element, Axis, Site>;
  return scaling::apply(x, scale, zero_point);
}

/// Quantises x with a scale that is computed in each run, from the whole tensor or, given an axis,
/// for every slice along it: dynamic_quantize<u8>(x) as ONNX DynamicQuantizeLinear (zero is always
/// represented exactly; a tensor of zeros has scale 1), dynamic_quantize<s8>(x) symmetric with zero
/// point 0 and scale max |x| / 127. Gives {values, scale, zero_point}, which dequantize takes.
///
///     auto q = dynamic_quantize<u8, 1>(x);          // x: [m, k]; a scale a row
///     auto y = matmul(dequantize(q), dequantize(w, w_scale));
///
/// As in ONNX, u8 needs a range (largest less smallest number) that f32 holds, 3.4e38.
///
/// @shape   x: any of rank 1 or more; scale, zero point: scalars, or x with 1 along the axis
/// @errors  compile time: wrong_axis, wrong_dtype
template <tensor::dtype To, int... Axis, dsl::expression X>
  requires(dsl::is_quantized<To> && sizeof...(Axis) <= 1)
constexpr auto dynamic_quantize(const X& x) {
  constexpr auto policy = [] {
    if constexpr (sizeof...(Axis) == 0) {
      return dsl::drop_axes{};
    } else {
      return dsl::keep_axes{};
    }
  }();
  const auto real = kiln::cast<f32>(x);
  if constexpr (To == tensor::dtype::s8) {
    const auto top = kiln::reduce_max<Axis...>(kiln::abs(real), policy);
    const auto scale = kiln::select(kiln::equal(top, 0), 1, top / 127);
    const auto zero = kiln::constant(0);
    const auto values = kiln::quantize<To>(real, scale, zero);
    return dsl::quantized<std::remove_const_t<decltype(values)>,
                          std::remove_const_t<decltype(scale)>,
                          std::remove_const_t<decltype(zero)>>{values, scale, zero};
  } else {
    const auto low = kiln::min(kiln::reduce_min<Axis...>(real, policy), 0);
    const auto high = kiln::max(kiln::reduce_max<Axis...>(real, policy), 0);
    const auto range = high - low;
    const auto scale = kiln::select(kiln::equal(range, 0), 1, range / 255);
    const auto zero = kiln::cast<To>(-(low / scale));
    const auto values = kiln::quantize<To>(real, scale, zero);
    return dsl::quantized<std::remove_const_t<decltype(values)>,
                          std::remove_const_t<decltype(scale)>,
                          std::remove_const_t<decltype(zero)>>{values, scale, zero};
  }
}
template <class Values, class Scale, class Zero>
constexpr auto dequantize(const dsl::quantized<Values, Scale, Zero>& q) {
  return kiln::dequantize(q.values, q.scale, q.zero_point);
}

}  // namespace kiln
