// SPDX-License-Identifier: MIT
// Judges an expression before it is compiled: its first mistake as a type, or core::ok.
#pragma once

#include <kiln/core/diagnose.hpp>
#include <kiln/dsl/number_text.hpp>
#include <kiln/dsl/outputs.hpp>
#include <kiln/dsl/source.hpp>
#include <kiln/op/map.hpp>
#include <kiln/op/quantize.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace kiln::dsl {

/// How errors spell what is wrong: a result of the expression, ...
struct result final {};
/// ... what compile was given, ...
struct compiled final {};
/// ... a dynamic extent.
struct dimension final {};

namespace detail {

/// A weight where only inputs and results count.
struct nobody final {};

/// Places of two equal names, the first and the second; -1: there are none.
struct name_pair final {
  int first = -1;
  int second = -1;
};

constexpr std::uint32_t hash_of(std::string_view name) {
  std::uint32_t h = 2166136261U;
  for (const char c : name) h = (h ^ static_cast<std::uint32_t>(c)) * 16777619U;
  return h;
}

// Through a hash table: an expression may have hundreds of names.
template <std::size_t Count>
constexpr name_pair equal_names(const std::array<std::string_view, Count>& names) {
  constexpr std::size_t slots = std::bit_ceil(2 * Count + 1);
  std::array<std::int16_t, slots> place{};  // 1 + index, 0: free
  for (std::size_t i = 0; i < Count; ++i) {
    if (names[i].empty()) continue;
    std::size_t slot = hash_of(names[i]) % slots;
    for (; place[slot] != 0; slot = (slot + 1) % slots) {
      const auto at = static_cast<std::size_t>(place[slot] - 1);
      if (names[at] == names[i]) return {static_cast<int>(at), static_cast<int>(i)};
    }
    place[slot] = static_cast<std::int16_t>(i + 1);
  }
  return {};
}

template <class Node>
inline constexpr bool is_dynamic = false;
template <class Op, class Name, tensor::dtype Element, auto... Extents>
inline constexpr bool is_dynamic<n<Op, Name, typed<Element, Extents...>>> =
    !std::is_same_v<with_extents<core::list<>, std::remove_const_t<decltype(Extents)>...>,
                    core::list<>>;

template <std::size_t Count>
constexpr int first_true(const std::array<bool, Count>& flags) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (flags[i]) return static_cast<int>(i);
  }
  return -1;
}

/// Names of which no two may be equal. Nodes are inputs, weights and results.
template <class... Nodes>
constexpr auto judge_names(core::list<Nodes...>) {
  constexpr name_pair equal =
      equal_names(std::array<std::string_view, sizeof...(Nodes)>{Nodes::identity_t::view...});
  if constexpr (equal.second < 0) {
    return core::ok{};
  } else {
    using first = core::nth<static_cast<std::size_t>(equal.first), Nodes...>;
    using second = core::nth<static_cast<std::size_t>(equal.second), Nodes...>;
    return core::compile_error<
        mistake::duplicate_name,
        core::where<typename second::op_t, typename second::identity_t>,
        core::expected<typename first::op_t, printed<typename first::typed_t>>,
        core::actual<typename second::op_t, printed<typename second::typed_t>>>{};
  }
}

template <class... Nodes>
constexpr auto judge_weights(core::list<Nodes...>) {
  constexpr int first = first_true(std::array<bool, sizeof...(Nodes)>{
      (std::is_same_v<typename Nodes::op_t, op::weight_op> && is_dynamic<Nodes>)...});
  if constexpr (first < 0) {
    return core::ok{};
  } else {
    using node = core::nth<static_cast<std::size_t>(first), Nodes...>;
    return core::compile_error<mistake::dynamic_weight,
                               core::where<op::weight_op, typename node::identity_t>,
                               core::expected<static_extents>,
                               core::actual<printed<typename node::typed_t>>>{};
  }
}

template <class... Symbols>
constexpr auto judge_symbols(core::list<Symbols...>) {
  constexpr name_pair equal =
      equal_names(std::array<std::string_view, sizeof...(Symbols)>{Symbols::value.name...});
  if constexpr (equal.second >= 0) {
    return core::compile_error<
        mistake::two_bounds_for_one_symbol,
        core::where<dimension>,
        core::expected<core::nth<static_cast<std::size_t>(equal.first), Symbols...>>,
        core::actual<core::nth<static_cast<std::size_t>(equal.second), Symbols...>>>{};
  } else if constexpr (sizeof...(Symbols) > tensor::max_symbols) {
    return core::compile_error<mistake::too_many_symbols,
                               core::where<dimension>,
                               core::expected<dimensions<tensor::max_symbols>>,
                               core::actual<dimensions<int{sizeof...(Symbols)}>>>{};
  } else {
    return core::ok{};
  }
}

template <class Nodes, class Outputs>
struct results_and_inputs;
template <class... Nodes, class... Names>
struct results_and_inputs<core::list<Nodes...>, core::list<Names...>> {
  // A weight may be called as a result is: bind and run do not see the same names.
  template <class Node>
  using input_or_nobody = std::conditional_t<std::is_same_v<typename Node::op_t, op::input_op>,
                                             Node,
                                             n<nobody, core::text<>, typed<tensor::dtype::f32>>>;
  using type =
      core::list<input_or_nobody<Nodes>..., n<result, Names, typed<tensor::dtype::f32>>...>;
};

template <class Node>
inline constexpr bool is_placeholder = std::is_same_v<typename Node::op_t, placeholder_op>;

template <class... Nodes>
constexpr auto judge_placeholders(core::list<Nodes...>) {
  constexpr int first = first_true(std::array<bool, sizeof...(Nodes)>{is_placeholder<Nodes>...});
  if constexpr (first < 0) {
    return core::ok{};
  } else {
    using node = core::nth<static_cast<std::size_t>(first), Nodes...>;
    return core::compile_error<mistake::placeholder_left_over,
                               core::where<typename node::identity_t>,
                               core::actual<printed<typename node::typed_t>>>{};
  }
}

template <const auto& Y>
constexpr value_problem problem_of() {
  return source<std::remove_cvref_t<decltype(Y)>>::expression(Y).problem;
}
template <const auto& Y>
concept constant_expression = requires {
  typename std::bool_constant<(problem_of<Y>().what, true)>;
};

template <const auto& Y>
constexpr auto judge_values() {
  constexpr value_problem problem = problem_of<Y>();
  if constexpr (problem.what == value_mistake::none) {
    return core::ok{};
  } else if constexpr (problem.what == value_mistake::two_values_for_one_callable
                       || problem.what == value_mistake::cannot_compare_captures) {
    return core::compile_error<problem.what, core::where<op::map_op>>{};
  } else {
    struct expected_value {
      static constexpr double value() { return problem_of<Y>().expected; }
    };
    struct actual_value {
      static constexpr double value() { return problem_of<Y>().actual; }
    };
    constexpr bool quantizes = problem.what == value_mistake::scale_not_positive
                               || problem.what == value_mistake::zero_point_out_of_range;
    using where =
        std::conditional_t<quantizes, core::where<op::quantize_op>, core::where<op::constant_op>>;
    return core::compile_error<problem.what,
                               where,
                               core::expected<number_text<expected_value>>,
                               core::actual<number_text<actual_value>>>{};
  }
}

template <class... Verdicts>
struct first_mistake {
  using type = core::ok;
};
template <class First, class... Rest>
struct first_mistake<First, Rest...> {
  using type = First;
};
template <class... Rest>
struct first_mistake<core::ok, Rest...> : first_mistake<Rest...> {};

template <const auto& Y>
constexpr auto judge() {
  using given = std::remove_cvref_t<decltype(Y)>;
  if constexpr (poisoned<given>) {
    return typename given::verdict{};
  } else if constexpr (!requires { typename source<given>::expression_t; }) {
    return core::
        compile_error<mistake::not_an_expression, core::where<compiled>, core::actual<given>>{};
  } else if constexpr (!constant_expression<Y>) {
    return core::compile_error<mistake::not_constexpr, core::where<compiled>>{};
  } else {
    using from = source<given>;
    using chain_t = typename from::expression_t::chain_t;
    using named = typename chain_t::named;
    using results = typename results_and_inputs<named, typename from::names>::type;
    return typename first_mistake<decltype(judge_values<Y>()),
                                  decltype(judge_placeholders(all_nodes<chain_t>{})),
                                  decltype(judge_names(named{})),
                                  decltype(judge_names(results{})),
                                  decltype(judge_weights(named{})),
                                  decltype(judge_symbols(typename chain_t::symbols{}))>::type{};
  }
}

}  // namespace detail

/// core::ok, or the first mistake of the expression or bundle Y as a core::compile_error. Y is a
/// variable of static storage.
///
/// @errors  compile time: what the operators found; not_an_expression, not_constexpr;
///          constant_does_not_fit_f32, two_values_for_one_constant, two_values_for_one_callable,
///          cannot_compare_captures, scale_not_positive, zero_point_out_of_range; duplicate_name,
///          dynamic_weight, two_bounds_for_one_symbol, too_many_symbols, placeholder_left_over
///          (tests/compile_fail/dsl/)
/// @cost    compile time: linear in the nodes
template <const auto& Y>
using verdict_of = decltype(detail::judge<Y>());

}  // namespace kiln::dsl
