// SPDX-License-Identifier: MIT
// Joins two expressions: their nodes, constants and callables.
#pragma once

#include <kiln/dsl/append.hpp>
#include <kiln/dsl/expression.hpp>
#include <kiln/dsl/same_callable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// Notes a mistake unless there is one already.
constexpr void note(value_problem& problem, value_mistake what, double expected, double actual) {
  if (problem.what == value_mistake::none) problem = {what, expected, actual};
}

namespace detail {

constexpr void note_twins(value_problem& problem, float a, float b) {
  if (__builtin_bit_cast(std::uint32_t, a) == __builtin_bit_cast(std::uint32_t, b)) return;
  dsl::note(problem, value_mistake::two_values_for_one_constant, double{a}, double{b});
}

template <int Arity, class F>
constexpr void note_twins(value_problem& problem, const F& a, const F& b) {
  switch (dsl::compare_callables<Arity>(a, b)) {
    case sameness::same:
      return;
    case sameness::different:
      return dsl::note(problem, value_mistake::two_values_for_one_callable, 0, 0);
    case sameness::unknown:
      return dsl::note(problem, value_mistake::cannot_compare_captures, 0, 0);
  }
}

/// The callables of the right side of an append that the left one does not have.
template <class Append>
struct fresh_callables {
  static constexpr std::size_t right{Append::right::callables::size::value};
  static constexpr auto twins = twins_of<Append>().callables;
  static constexpr std::size_t count_them() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < right; ++i) count += twins[i] < 0;
    return count;
  }
  static constexpr auto find_them() {
    std::array<std::size_t, count_them() + 1> found{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < right; ++i) {
      if (twins[i] < 0) found[count++] = i;
    }
    return found;
  }
  static constexpr auto places = find_them();
};

/// The values of expressions with callables in the chain that Append makes.
template <class Append>
struct callable_values {
  using fresh = fresh_callables<Append>;
  using left = expr<typename Append::left>;
  using right = expr<typename Append::right>;

  /// The first Fresh of them behind those of the left side.
  template <class Held, std::size_t Fresh>
  static constexpr Held collect(const left& a, [[maybe_unused]] const right& b) {
    if constexpr (Fresh == 0) {
      return a.callables;
    } else {
      constexpr auto place = static_cast<int>(fresh::places[Fresh - 1]);
      return Held{collect<typename Held::before, Fresh - 1>(a, b),
                  {dsl::callable_at<place>(b.callables)}};
    }
  }
  template <class Result>
  static constexpr Result collect(const left& a, const right& b) {
    using all = decltype(Result::callables);
    return Result{{}, collect<all, fresh::places.size() - 1>(a, b), {}};
  }

  template <std::size_t J>
  static constexpr void compare_one(value_problem& problem, const left& a, const right& b) {
    constexpr std::int16_t twin = fresh::twins[J];
    if constexpr (twin >= 0) {
      constexpr int arity = arity_held_at<twin, typename Append::left::callables>;
      detail::note_twins<arity>(problem,
                                dsl::callable_at<twin>(a.callables),
                                dsl::callable_at<static_cast<int>(J)>(b.callables));
    }
  }
  template <std::size_t... J>
  static constexpr void compare(value_problem& problem,
                                const left& a,
                                const right& b,
                                std::index_sequence<J...>) {
    (compare_one<J>(problem, a, b), ...);
  }
};

}  // namespace detail

/// The values of both sides of an `append`. Result is the expression of its chain, or of one node
/// more.
template <class Append, class Result>
constexpr Result append_values(const expr<typename Append::left>& a,
                               const expr<typename Append::right>& b) {
  constexpr auto left_scalars = static_cast<std::size_t>(Append::left::scalars::value);
  constexpr auto right_scalars = static_cast<std::size_t>(Append::right::scalars::value);
  constexpr std::size_t right_callables{Append::right::callables::size::value};
  Result r = [&] {
    if constexpr (Append::left::callables::size::value > 0 || right_callables > 0) {
      return detail::callable_values<Append>::template collect<Result>(a, b);
    } else {
      return Result{};
    }
  }();
  r.problem = a.problem.what != value_mistake::none ? a.problem : b.problem;
  for (std::size_t i = 0; i < left_scalars; ++i) r.scalars[i] = a.scalars[i];
  if constexpr (right_scalars > 0) {
    constexpr auto twins = dsl::twins_of<Append>().scalars;
    std::size_t next = left_scalars;
    for (std::size_t i = 0; i < right_scalars; ++i) {
      if (twins[i] < 0) {
        r.scalars[next++] = b.scalars[i];
      } else {
        detail::note_twins(r.problem, a.scalars[static_cast<std::size_t>(twins[i])], b.scalars[i]);
      }
    }
  }
  if constexpr (right_callables > 0) {
    detail::callable_values<Append>::compare(
        r.problem, a, b, std::make_index_sequence<right_callables>{});
  }
  return r;
}

/// A chain and the places of results in it.
template <class Chain, int... Roots>
struct rooted final {
  using chain_t = Chain;
};

/// The join of a chain that has results and one more expression's chain: what has more nodes of its
/// own keeps their places, so that joining costs as much as the smaller difference.
template <class Left, class B>
struct join;
template <class A, int... Roots, class B>
struct join<rooted<A, Roots...>, B> {
 private:
  using common = common_beginning<A, B>;
  using flip = std::bool_constant<(A::size::value < B::size::value)>;
  using plan = std::conditional_t<flip::value, append<B, A, common>, append<A, B, common>>;
  template <int I>
  using left_place = std::conditional_t<flip::value, typename plan::template place_of<I>, count<I>>;
  template <int I>
  using right_place =
      std::conditional_t<flip::value, count<I>, typename plan::template place_of<I>>;

 public:
  /// The joined chain, the results' places, and that of the right side's result after them.
  using type = rooted<typename plan::chain_t,
                      left_place<Roots>::value...,
                      right_place<B::size::value - 1>::value>;

  template <class Result>
  static constexpr Result values(const expr<A>& a, const expr<B>& b) {
    if constexpr (flip::value) {
      return dsl::append_values<plan, Result>(b, a);
    } else {
      return dsl::append_values<plan, Result>(a, b);
    }
  }
};

}  // namespace kiln::dsl
