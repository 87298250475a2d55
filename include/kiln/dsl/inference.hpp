// SPDX-License-Identifier: MIT
// Runs an operator's shape rule on tensor types and spells its answer as a type.
#pragma once

#include <kiln/core/diagnose.hpp>
#include <kiln/dsl/node.hpp>
#include <kiln/dsl/typed.hpp>
#include <kiln/op/operation.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// What only expressions show to be wrong; the names are what a user reads.
enum class mistake : std::uint8_t {
  not_an_expression,
  wrong_number_of_operands,
  not_callable,
  wrong_arity,
  duplicate_name,
  too_many_symbols,
  two_bounds_for_one_symbol,
  dynamic_weight,
  placeholder_left_over,
  not_constexpr,
  extent_not_constant,
  wrong_number_of_names,
  too_many_results
};

/// How errors spell a number of dynamic extents.
template <int Count>
struct dimensions final {};

namespace detail {

template <class Op, typename Op::attributes Value>
struct encoding {
  static constexpr op::attribute_words words = op::encode(Value);
  static constexpr std::size_t used() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] != 0) count = i + 1;
    }
    return count;
  }
  template <std::size_t... I>
  static auto spell(std::index_sequence<I...>) -> attributes<words[I]...>;
  using type = decltype(spell(std::make_index_sequence<used()>{}));
};

template <class Identity>
inline constexpr op::attribute_words words{};
template <std::int32_t... Words>
inline constexpr op::attribute_words words<attributes<Words...>>{Words...};

// The answer of a rule, and how to spell its types when their symbols are Symbols.
template <class Symbols, class Rule>
struct spelled_answer {
  static constexpr op::inferred result = Rule::answer();
  struct type_getter {
    static consteval auto value() { return result.type; }
  };
  struct expected_getter {
    static consteval auto value() { return result.expected; }
  };
  struct actual_getter {
    static consteval auto value() { return result.actual; }
  };
  template <class Get>
  using spelled = decltype(as_type<Get, Symbols>(
      std::make_index_sequence<static_cast<std::size_t>(Get::value().rank)>{}));
  // Where nothing but a dynamic extent is wrong, both types are the same and say nothing.
  template <class Expected, class Actual>
  using said = std::conditional_t<result.what == op::mistake::dynamic_extent
                                      && std::is_same_v<Expected, Actual>,
                                  static_extents,
                                  printed<Expected>>;
  static constexpr bool accepted = result.what == op::mistake::none;
  using type = spelled<type_getter>;
  /// The verdict on a mistake. Where is a core::where.
  template <class Where>
  using error =
      core::compile_error<result.what,
                          Where,
                          core::expected<said<spelled<expected_getter>, spelled<actual_getter>>>,
                          core::actual<printed<spelled<actual_getter>>>>;
};
// More symbols than an extent can name: no rule sees them.
template <class... Symbols, class Rule>
  requires(sizeof...(Symbols) > tensor::max_symbols)
struct spelled_answer<core::list<Symbols...>, Rule> {
  static constexpr bool accepted = false;
  template <class Where>
  using error = core::compile_error<mistake::too_many_symbols,
                                    Where,
                                    core::expected<dimensions<tensor::max_symbols>>,
                                    core::actual<dimensions<int{sizeof...(Symbols)}>>>;
};

template <class Op, class Identity, class... Typed>
struct operator_rule {
  static constexpr op::inferred answer() {
    constexpr std::array<tensor::tensor_type, sizeof...(Typed)> in{
        type_value<Typed, symbols_of<Typed...>>...};
    return Op::infer(op::decode<typename Op::attributes>(words<Identity>),
                     {in.data(), static_cast<int>(sizeof...(Typed))});
  }
};

}  // namespace detail

/// The integer attributes of an operator as a type: trailing zeros are left out.
template <class Op, typename Op::attributes Value>
using encoded = typename detail::encoding<Op, Value>::type;

/// The same as the words that graphs keep; zeros for what is no attributes.
template <class Identity>
inline constexpr const op::attribute_words& words_of = detail::words<Identity>;

/// What the shape rule of Op says of operands of these types: `accepted`, and `type` or `error`.
template <class Op, class Identity, class... Typed>
using inference =
    detail::spelled_answer<symbols_of<Typed...>, detail::operator_rule<Op, Identity, Typed...>>;

/// The same for any rule: Rule::answer() is an op::inferred.
template <class Symbols, class Rule>
using ruling = detail::spelled_answer<Symbols, Rule>;

}  // namespace kiln::dsl
