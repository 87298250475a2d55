// SPDX-License-Identifier: MIT
// What every operator is: a name, a shape rule, a meaning and a cost. No loops here.
#pragma once

#include <kiln/tensor/shape.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace kiln::op {

using tensor::dim;
using tensor::tensor_type;

/// How an operator's output elements depend on its inputs; decides which stage can run it.
enum class category : std::uint8_t {
  source,       // input, weight, constant: no operands
  elementwise,  // one output element from one element of each (broadcast) operand
  contraction,  // matmul: sums of products
  convolution,  // sums of products over a window
  pooling,      // one operand over a window
  reduction,    // axes disappear
  row,          // whole rows are needed: softmax, norms
  movement      // elements keep their values and change place
};

/// What can be wrong with the operands of an operator. The names are what a user reads.
enum class mistake : std::uint8_t {
  none,
  inner_dimensions_differ,
  cannot_broadcast,
  wrong_rank,
  wrong_dtype,
  wrong_axis,
  wrong_size,
  wrong_pad,
  wrong_stride,
  wrong_groups,
  wrong_permutation,
  out_of_range,
  dynamic_extent,
  unsupported
};

/// What a shape rule says: a type, or a mistake with the expected and the actual type.
struct inferred final {
  tensor_type type{};
  mistake what = mistake::none;
  tensor_type expected{};
  tensor_type actual{};
};

/// A mistake: what the operator expected and what it got.
constexpr inferred fail(mistake what, const tensor_type& expected, const tensor_type& actual) {
  return {{}, what, expected, actual};
}

/// The same extents with floating elements: what an operator of floats expected.
constexpr tensor_type with_element(tensor_type t, tensor::dtype element = tensor::dtype::f32) {
  t.element = element;
  return t;
}

/// The operand types that a shape rule sees.
struct operand_types final {
  const tensor_type* data = nullptr;
  int count = 0;
  constexpr const tensor_type& operator[](int i) const { return data[i]; }
};

/// Attributes travel through the graph as integers: any struct of std::int32_t members fits.
/// Floating parameters (slope, epsilon) are scalar operands, not attributes.
using attribute_words = std::array<std::int32_t, 10>;

/// An operator that has no attributes.
struct no_attributes final {
  constexpr bool operator==(const no_attributes&) const = default;
};

/// The attributes as words; words beyond them are 0, so that equal attributes have equal words.
///
/// @law  decode<A>(encode(a)) == a
template <class Attributes>
constexpr attribute_words encode(const Attributes& attributes) {
  attribute_words words{};
  if constexpr (!std::same_as<Attributes, no_attributes>) {
    static_assert(sizeof(Attributes) % 4 == 0 && sizeof(Attributes) <= sizeof(attribute_words));
    using exact = std::array<std::int32_t, sizeof(Attributes) / 4>;
    const auto values = __builtin_bit_cast(exact, attributes);
    for (std::size_t i = 0; i < values.size(); ++i) words[i] = values[i];
  }
  return words;
}

/// The attributes that words carry.
template <class Attributes>
constexpr Attributes decode(const attribute_words& words) {
  if constexpr (std::same_as<Attributes, no_attributes>) {
    return {};
  } else {
    std::array<std::int32_t, sizeof(Attributes) / 4> exact{};
    for (std::size_t i = 0; i < exact.size(); ++i) exact[i] = words[i];
    return __builtin_bit_cast(Attributes, exact);
  }
}

/// An operator: name, category, number of operands (-1: any), shape rule.
template <class Op>
concept operation = requires(const typename Op::attributes& attributes, operand_types operands) {
  { Op::name } -> std::convertible_to<std::string_view>;
  { Op::group } -> std::convertible_to<category>;
  { Op::arity } -> std::convertible_to<int>;
  { Op::infer(attributes, operands) } -> std::same_as<inferred>;
};

}  // namespace kiln::op
