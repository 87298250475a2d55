// SPDX-License-Identifier: MIT
// What a move is, and lists of moves that users extend and watch.
#pragma once

#include <kiln/core/hana.hpp>
#include <kiln/plan/plan.hpp>

#include <array>
#include <concepts>
#include <string_view>
#include <utility>

namespace kiln::plan {

/// A pure function from plan to plan with a name: it decides how, never what.
///
/// @law     interpret_plan(m(p)) == interpret_plan(p)
/// @models  fuse_store, collapse, split_depth, fuse_rows, split_parallel, place_scratch
template <class M>
concept move = std::copy_constructible<M> && requires(const M& m, const plan<8>& p) {
  { M::name } -> std::convertible_to<std::string_view>;
  { m(p) } -> std::same_as<plan<8>>;
};

/// Moves that are made one after the other.
template <move... Moves>
struct move_list final {
  static constexpr std::size_t size = sizeof...(Moves);
  static constexpr std::array<std::string_view, size> names{Moves::name...};

  boost::hana::basic_tuple<Moves...> items;

  /// The I-th move.
  template <std::size_t I>
  constexpr const auto& at() const {
    return boost::hana::at_c<I>(items);
  }
  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(plan<Capacity> p) const {
    return run(p, std::make_index_sequence<size>{});
  }
  /// The same moves for plans that at least so many threads run: those that have a member
  /// `for_threads` are told.
  [[nodiscard]] constexpr move_list for_threads(int threads) const {
    return told(threads, std::make_index_sequence<size>{});
  }

 private:
  template <std::size_t Capacity, std::size_t... I>
  constexpr plan<Capacity> run(plan<Capacity> p, std::index_sequence<I...>) const {
    ((p = at<I>()(p)), ...);
    return p;
  }
  template <class Move>
  static constexpr Move told_one(const Move& m, int threads) {
    if constexpr (requires { m.for_threads(threads); }) {
      return m.for_threads(threads);
    } else {
      return m;
    }
  }
  template <std::size_t... I>
  constexpr move_list told(int threads, std::index_sequence<I...>) const {
    return {boost::hana::basic_tuple<Moves...>(told_one(at<I>(), threads)...)};
  }
};

/// The list of these moves, in this order.
template <move... Moves>
constexpr move_list<Moves...> moves(const Moves&... items) {
  return {boost::hana::basic_tuple<Moves...>(items...)};
}

namespace detail {
template <const auto& Moves, const auto& Plan, std::size_t I>
struct moved final {
  static constexpr auto value = Moves.template at<I - 1>()(moved<Moves, Plan, I - 1>::value);
};
template <const auto& Moves, const auto& Plan>
struct moved<Moves, Plan, 0> final {
  static constexpr const auto& value = Plan;
};
}  // namespace detail

/// The plan after the first I moves. Each is a constant of its own: compilers limit the steps of
/// one evaluation, not their sum.
template <const auto& Moves, const auto& Plan, std::size_t I>
inline constexpr const auto& plan_after = detail::moved<Moves, Plan, I>::value;

}  // namespace kiln::plan
