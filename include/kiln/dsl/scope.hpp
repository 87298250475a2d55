// SPDX-License-Identifier: MIT
// Named scopes and repetition: a layer helper called twice gets its own weights and constants.
#pragma once

#include <kiln/dsl/build.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// How an error says that the function of a scope returned something else.
struct scope_result final {};
struct expression_of_placeholders final {};

namespace detail {

// Tells apart a scope and one of the same name inside it: the inner function's name is longer, or
// it is another function.
template <class F>
consteval std::uint32_t trace_of() {
  const std::string_view name = __PRETTY_FUNCTION__;
  auto h = static_cast<std::uint32_t>(name.size());
  const std::size_t tail = name.size() < 64 ? 0 : name.size() - 64;
  for (const char c : name.substr(tail)) h = (h ^ static_cast<std::uint32_t>(c)) * 16777619U;
  return h;
}

/// Stands for the Index-th argument inside the scope called Prefix.
template <class Prefix, std::uint32_t Trace, int Index>
struct placeholder final {};

template <class Prefix, std::uint32_t Trace, int Index, class Typed>
using placeholder_node = n<placeholder_op, placeholder<Prefix, Trace, Index>, Typed>;

// A weight gets the prefix in its name, a constant or callable in its site; the rest stays.
template <class Prefix, class Node>
struct inside {
  using type = Node;
};
template <class Prefix, class Name, class Typed>
struct inside<Prefix, n<op::weight_op, Name, Typed>> {
  using type = n<op::weight_op, core::dotted<Prefix, Name>, Typed>;
};
template <class Prefix, class Site, class Typed>
struct inside<Prefix, n<op::constant_op, Site, Typed>> {
  using type = n<op::constant_op, scoped<Prefix, Site>, Typed>;
};
template <class Prefix, class F, int Arity, class Site, class Typed>
struct inside<Prefix, n<callable_op<F, Arity>, Site, Typed>> {
  using type = n<callable_op<F, Arity>, scoped<Prefix, Site>, Typed>;
};

template <class Prefix, std::uint32_t Trace, class Roots, class Node>
struct substitute_for {
  using type = count<-1>;
};
template <class Prefix, std::uint32_t Trace, int... Roots, int Index, class Typed>
struct substitute_for<Prefix,
                      Trace,
                      std::integer_sequence<int, Roots...>,
                      placeholder_node<Prefix, Trace, Index, Typed>> {
  static constexpr std::array<int, sizeof...(Roots)> roots{Roots...};
  using type = count<roots[std::size_t{Index}]>;
};

// How a scope appends its body: Roots are the places of its arguments.
template <class Prefix, std::uint32_t Trace, int... Roots>
struct entering {
  template <class Node>
  using node = typename inside<Prefix, Node>::type;
  template <class Node>
  using substitute =
      typename substitute_for<Prefix, Trace, std::integer_sequence<int, Roots...>, Node>::type;
};

// A mistake inside a scope names its weight with the scope.
template <class Prefix, class Verdict>
struct inside_verdict {
  using type = Verdict;
};
template <class Prefix, auto What, class Op, char... C, class... Facts>
struct inside_verdict<Prefix,
                      core::compile_error<What, core::where<Op, core::text<C...>>, Facts...>> {
  using type =
      core::compile_error<What, core::where<Op, core::dotted<Prefix, core::text<C...>>>, Facts...>;
};

template <class Chain, class Longer>
constexpr expr<Chain> first_values(const expr<Longer>& e) {
  expr<Chain> r{{}, e.callables, e.problem};  // the first callables are a base of all
  for (std::size_t i = 0; i < std::size_t{Chain::scalars::value}; ++i) r.scalars[i] = e.scalars[i];
  return r;
}

/// The expression up to its Root-th node, which becomes the result.
template <int Root, class Chain>
constexpr auto result_at(const expr<Chain>& e) {
  if constexpr (Root == Chain::size::value - 1) {
    return e;
  } else {
    using cut = without_last<Chain::size::value - 1 - Root, Chain>;
    return detail::first_values<cut>(e);
  }
}

template <class Prefix, std::uint32_t Trace, class Body, class Arguments, int... Roots>
constexpr auto enter(const expr<Body>& body, const together<Arguments, Roots...>& arguments) {
  using plan = append<Arguments, Body, nothing, entering<Prefix, Trace, Roots...>>;
  return detail::result_at<plan::template place_of<Body::size::value - 1>::value>(
      dsl::append_values<plan, expr<typename plan::chain_t>>(arguments.expression, body));
}

/// The argument if Body has its placeholder, else the empty expression.
template <class Placeholder, class Body, class Argument>
constexpr auto if_used(const Argument& argument) {
  if constexpr (__is_base_of(has<Placeholder>, Body)) {
    return argument;
  } else {
    return expr<nothing>{};
  }
}

template <class Prefix, class F, class Indices>
struct scope_call;
template <class Prefix, class F, int... I>
struct scope_call<Prefix, F, std::integer_sequence<int, I...>> {
  static constexpr std::uint32_t trace = trace_of<F>();
  template <int Index, class Argument>
  using placeholder = placeholder_node<Prefix, trace, Index, typed_of<Argument>>;

  template <class... Arguments>
  static constexpr auto call(const F& f, const Arguments&... arguments) {
    return finish(f(expr<chain<nothing, placeholder<I, Arguments>>>{}...), arguments...);
  }

 private:
  template <class Verdict, class... Arguments>
  static constexpr auto finish(const poison<Verdict>&, const Arguments&...) {
    return poison<typename inside_verdict<Prefix, Verdict>::type>{};
  }
  template <class Body, class... Arguments>
  static constexpr auto finish(const expr<Body>& body, const Arguments&... arguments) {
    return detail::enter<Prefix, trace>(
        body, dsl::join_all(detail::if_used<placeholder<I, Arguments>, Body>(arguments)...));
  }
  template <class Result, class... Arguments>
  static constexpr auto finish(const Result&, const Arguments&...) {
    return poison<core::compile_error<mistake::not_an_expression,
                                      core::where<scope_result, Prefix>,
                                      core::expected<expression_of_placeholders>,
                                      core::actual<Result>>>{};
  }
};

}  // namespace detail

/// scope<"..."> with the name as a type.
template <class Prefix, class F, class... Arguments>
constexpr auto scope_named(const F& f, const Arguments&... arguments) {
  if constexpr ((poisoned<Arguments> || ...)) {
    return first_poison<Arguments...>{};
  } else {
    return detail::scope_call<Prefix, F, std::make_integer_sequence<int, sizeof...(Arguments)>>::
        call(f, arguments...);
  }
}

}  // namespace kiln::dsl

namespace kiln {

/// f(arguments...) with every weight name inside f prefixed: `w` becomes `layer0.w`. f must build
/// its result from its arguments, weights and constants only.
///
/// f is called on placeholders, so that neither its type nor the closures inside it name what came
/// before; layers that are equal but for their names share their code.
///
/// @errors  compile time: those of f's operators, with prefixed names; not_an_expression
template <core::fixed_string Name, class F, dsl::expression... Arguments>
  requires(sizeof...(Arguments) >= 1)
constexpr auto scope(const F& f, const Arguments&... arguments) {
  return dsl::scope_named<core::text_of<Name>>(f, arguments...);
}

}  // namespace kiln
