// SPDX-License-Identifier: MIT
// A net's list of plans, each for some values of the dynamic extents, and the rules that choose it.
#pragma once

#include <kiln/core/fixed_string.hpp>
#include <kiln/plan/guard.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/team_scratch.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// Variants of a net, at most.
inline constexpr int max_variants = 8;

/// The guards of a net's variants in the order in which they are asked. The last one is for all
/// values and numbers of threads that are left.
struct guard_list final {
  std::array<guard, max_variants> guards{};
  int size = 0;
  bool fits = true;  // false: a rule names an extent that there is not, or values that none has
  constexpr void push(const guard& w) {
    if (size == max_variants) core::unreachable("a net has at most 8 variants");
    guards[static_cast<std::size_t>(size++)] = w;
  }
  constexpr const guard& operator[](int i) const { return guards[static_cast<std::size_t>(i)]; }
};

/// One plan for all extents: a row then has the same bits in batches of every size.
struct one_for_all_fn final {
  constexpr guard_list operator()(const tensor::symbol_table& table, int symbols) const {
    guard_list list{};
    list.push(any_value(table, symbols));
    return list;
  }
};
inline constexpr one_for_all_fn one_for_all{};

/// The default: a plan of its own where the first dynamic extent is 1, which is a matrix product of
/// one row where that extent counts rows, and a plan for everything else.
struct single_or_many_fn final {
  constexpr guard_list operator()(const tensor::symbol_table& table, int symbols) const {
    guard_list list{};
    guard all = any_value(table, symbols);
    if (symbols > 0 && table[0].bound > 1) {
      guard single = all;
      single.of[0] = {1, 1};
      list.push(single);
      all.of[0].low = 2;
    }
    list.push(all);
    return list;
  }
};
inline constexpr single_or_many_fn single_or_many{};

/// Values of named dynamic extents and numbers of threads: made by `when` or `when_threads`,
/// narrowed by `with` and `with_threads`.
struct condition final {
  std::array<std::string_view, tensor::max_symbols> names{};
  std::array<interval, tensor::max_symbols> of{};
  int size = 0;
  interval threads = any_threads;

  template <core::fixed_string Name>
  [[nodiscard]] constexpr condition with(std::int32_t low, std::int32_t high) const {
    condition r = *this;
    r.names[static_cast<std::size_t>(size)] = core::text_of<Name>::view;
    r.of[static_cast<std::size_t>(size)] = {low, high};
    ++r.size;
    return r;
  }
  template <core::fixed_string Name>
  [[nodiscard]] constexpr condition with(std::int32_t value) const {
    return with<Name>(value, value);
  }
  [[nodiscard]] constexpr condition with_threads(std::int32_t low, std::int32_t high) const {
    condition r = *this;
    r.threads = {low, high};
    return r;
  }
};

/// The condition that a dynamic extent has a value, or one from low to high.
template <core::fixed_string Name>
constexpr condition when(std::int32_t low, std::int32_t high) {
  return condition{}.with<Name>(low, high);
}
template <core::fixed_string Name>
constexpr condition when(std::int32_t value) {
  return when<Name>(value, value);
}

/// The condition that a run has from low to high threads.
constexpr condition when_threads(std::int32_t low, std::int32_t high = any_threads.high) {
  return condition{}.with_threads(low, high);
}

/// A user's choice: a variant a condition, and one for everything else.
template <std::size_t Count>
struct variants_fn final {
  std::array<condition, Count> conditions{};

  constexpr guard_list operator()(const tensor::symbol_table& table, int symbols) const {
    guard_list list{};
    for (const condition& c : conditions) {
      guard w = any_value(table, symbols);
      w.threads = c.threads;
      list.fits = list.fits && 1 <= c.threads.low && c.threads.low <= c.threads.high;
      for (int i = 0; i < c.size; ++i) narrow(list, w, table, symbols, c, i);
      list.push(w);
    }
    list.push(any_value(table, symbols));
    return list;
  }

 private:
  static constexpr void narrow(guard_list& list,
                               guard& w,
                               const tensor::symbol_table& table,
                               int symbols,
                               const condition& c,
                               int i) {
    const interval& wanted = c.of[static_cast<std::size_t>(i)];
    bool found = false;
    for (std::size_t s = 0; s < static_cast<std::size_t>(symbols); ++s) {
      if (c.names[static_cast<std::size_t>(i)] != table[s].name) continue;
      found = 1 <= wanted.low && wanted.low <= wanted.high && wanted.high <= table[s].bound;
      w.of[s] = wanted;
    }
    list.fits = list.fits && found;
  }
};

/// The rule for `settings::variants` that makes a plan for each condition and one for the rest:
///
///     static constexpr auto variants = plan::variants(plan::when<"batch">(1),
///                                                     plan::when<"batch">(2, 16),
///                                                     plan::when_threads(2));
template <class... Conditions>
constexpr auto variants(const Conditions&... conditions) {
  return variants_fn<sizeof...(Conditions)>{{conditions...}};
}

/// One of a net's plans.
template <std::size_t Capacity>
struct variant final {
  guard when{};
  const plan<Capacity>* runs = nullptr;
};

/// Bytes of scratch that are enough for every variant that so many threads may run.
template <class Variants>
constexpr std::int64_t scratch_of(const Variants& variants, int threads = 1) {
  std::int64_t most = 0;
  for (const auto& v : variants) {
    if (!v.when.threads.has(threads)) continue;
    const std::int64_t bytes = scratch_for(*v.runs, threads);
    most = bytes > most ? bytes : most;
  }
  return most;
}

}  // namespace kiln::plan
