// SPDX-License-Identifier: MIT
// Weights of 8 or 4 bits with a scale for every group of neighbours along k.
#pragma once

#include <kiln/dsl/quantization.hpp>

namespace kiln::dsl {

namespace detail {

/// Whether w holds `Packed` elements a byte in groups of Group along its first axis, and what
/// parameters of its groups look like.
template <int Group, int Packed>
struct grouped_rule final {
  static constexpr op::inferred check(const tensor::tensor_type& w, const tensor::tensor_type& p) {
    using op::mistake, tensor::dtype;
    const bool byte = w.element == dtype::u8 || (w.element == dtype::s8 && Packed == 1);
    tensor::tensor_type expected = w;
    expected.rank = 2;
    if (w.rank != 2) return op::fail(mistake::wrong_rank, expected, w);
    if (!byte) return op::fail(mistake::wrong_dtype, op::with_element(w, dtype::u8), w);
    const int k = w[0].factor * Packed;
    if (Group < 1 || k % Group != 0) {
      expected[0].factor = (k / Group + 1) * Group / Packed;
      return op::fail(mistake::wrong_size, expected, w);
    }
    expected = op::with_element(w);
    expected[0].factor = k / Group;
    expected.element = p.element;
    return expected == p ? op::inferred{w} : op::fail(mistake::wrong_size, expected, p);
  }
};

template <int Group, int Packed, class W, class P>
struct grouped_answer final {
  static constexpr op::inferred answer() {
    using symbols = symbols_of<W, P>;
    return grouped_rule<Group, Packed>::check(type_value<W, symbols>, type_value<P, symbols>);
  }
};

// p: [k / Group, n] as [k / Group, 1, n]; a scalar stays.
template <int Groups, int N, class P>
constexpr auto over_groups(const P& p) {
  if constexpr (dsl::type_of<P>().rank == 0) {
    return p;
  } else {
    return dsl::reshape_to<typed<dsl::type_of<P>().element, Groups, 1, N>>(p);
  }
}

// w: [k, n] in f32, whole numbers.
template <int Group, class W, class S, class Z>
constexpr auto scaled_groups(const W& w, const S& scale, const Z& zero_point) {
  constexpr int k = dsl::type_of<W>()[0].factor, n = dsl::type_of<W>()[1].factor;
  const auto groups = dsl::reshape_to<typed<tensor::dtype::f32, k / Group, Group, n>>(w);
  const auto s = detail::over_groups<k / Group, n>(scale);
  const auto z = detail::over_groups<k / Group, n>(zero_point);
  return dsl::reshape_to<typed<tensor::dtype::f32, k, n>>((groups - kiln::cast<f32>(z)) * s);
}

// packed: u8[k / 2, n] as f32[k, n]: 0 to 15, low bits first.
template <class Packed>
constexpr auto unpack(const Packed& packed) {
  constexpr int pairs = dsl::type_of<Packed>()[0].factor, n = dsl::type_of<Packed>()[1].factor;
  using one = typed<tensor::dtype::f32, pairs, 1, n>;
  const auto bytes = kiln::cast<f32>(packed);
  const auto high = kiln::floor(bytes * 0.0625F);
  const auto low = bytes - high * 16;
  return dsl::reshape_to<typed<tensor::dtype::f32, 2 * pairs, n>>(
      kiln::concat<1>(dsl::reshape_to<one>(low), dsl::reshape_to<one>(high)));
}

template <int Group, int Packed, class W, class Z>
using zero_answer = ruling<symbols_of<typed_of<W>, typed_of<Z>>,
                           grouped_answer<Group, Packed, typed_of<W>, typed_of<Z>>>;

template <int Group, int Packed, class W, class S, class Z>
constexpr auto dequantize_groups(const W& w, const S& scale, const Z& zero_point) {
  if constexpr (poisoned<W> || poisoned<S> || poisoned<Z>) {
    return first_poison<W, S, Z>{};
  } else {
    using rule = grouped_answer<Group, Packed, typed_of<W>, typed_of<S>>;
    using answer = ruling<symbols_of<typed_of<W>, typed_of<S>>, rule>;
    using where = core::where<op::dequantize_op, telling_name<W>>;
    if constexpr (!answer::accepted) {
      return poison<typename answer::template error<where>>{};
    } else if constexpr (dsl::type_of<Z>().rank != 0
                         && !zero_answer<Group, Packed, W, Z>::accepted) {
      return poison<typename zero_answer<Group, Packed, W, Z>::template error<where>>{};
    } else if constexpr (Packed == 2) {
      return detail::scaled_groups<Group>(detail::unpack(w), scale, zero_point);
    } else {
      return detail::scaled_groups<Group>(kiln::cast<f32>(w), scale, zero_point);
    }
  }
}

}  // namespace detail

}  // namespace kiln::dsl

namespace kiln {

/// Weights of 8 bits as f32; Group neighbours along k share a scale and a zero point.
///
/// @shape   w: u8 or s8 [k, n]; scale: [k / Group, n]; zero point: likewise, or a number;
///          out: f32[k, n]
/// @math    (w - zero_point) * scale
/// @cost    none of its own in a product with constant weights whose groups are whole 32-bit words
///          (of s8: with whole zero points) and sums of a group, before they are scaled, stay below
///          3.4e38; other constant weights are widened once, at bind
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_size (Group does not divide k; scale)
template <int Group,
          dsl::expression W,
          dsl::expression Scale,
          dsl::operand Zero = int,
          class Site = decltype([] {})>
constexpr auto dequantize_grouped(const W& w, const Scale& scale, const Zero& zero_point = {}) {
  return dsl::detail::dequantize_groups<Group, 1>(
      w, scale, dsl::as_expression<Site, 0>(zero_point));
}

/// Weights of 4 bits as f32: two in a byte, the one with the even index along k in the low bits;
/// each stands for its value minus a zero point, 8 if none is given.
///
/// @shape   packed: u8[k / 2, n]; scale: [k / Group, n]; zero point: likewise, or a number;
///          out: f32[k, n]
/// @math    (w - zero_point) * scale, w from 0 to 15
/// @cost    none of its own in a product with constant weights whose groups are whole 32-bit words
///          (of s8: with whole zero points) and sums of a group, before they are scaled, stay below
///          3.4e38; other constant weights are widened once, at bind
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_size (Group does not divide k; scale)
template <int Group,
          dsl::expression Packed,
          dsl::expression Scale,
          dsl::operand Zero,
          class Site = decltype([] {})>
constexpr auto dequantize_int4(const Packed& packed, const Scale& scale, const Zero& zero_point) {
  return dsl::detail::dequantize_groups<Group, 2>(
      packed, scale, dsl::as_expression<Site, 0>(zero_point));
}
template <int Group, dsl::expression Packed, dsl::expression Scale, class Site = decltype([] {})>
constexpr auto dequantize_int4(const Packed& packed, const Scale& scale) {
  return kiln::dequantize_int4<Group>(packed, scale, kiln::constant<int, Site>(8));
}

}  // namespace kiln
