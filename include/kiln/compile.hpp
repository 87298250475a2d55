// SPDX-License-Identifier: MIT
// The driver: lower, optimize, schedule, emit; what comes out is bound and run.
#pragma once

#include <kiln/codegen/stack.hpp>
#include <kiln/core/diagnose.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/dsl/verdict.hpp>
#include <kiln/graph/rewrite.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/plan/facts.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/runtime/members.hpp>

#include <type_traits>

namespace kiln {

/// What compile may be told: derive from it and hide members.
///
///     struct fast : kiln::settings {
///       static constexpr auto passes = kiln::pass::passes_for({.reassociate = true});
///     };
///     using net = kiln::compile<y, fast>;
struct settings {
  static constexpr core::target machine = core::native;
  static constexpr auto passes = pass::optimize;
  static constexpr auto moves = plan::moves_for(machine);
};

namespace detail {

/// An accepted expression on its way through the arrows; every step is a constant of its own.
template <const auto& Y, class Settings>
struct pipeline {
  using source = dsl::source<std::remove_cvref_t<decltype(Y)>>;
  static constexpr const auto& passes = Settings::passes;
  static constexpr const auto& moves = Settings::moves;

  /// The expression as it was written.
  static constexpr auto lowered = dsl::lower(Y);
  /// The graph after the first I passes.
  template <std::size_t I>
  static constexpr const auto& graph_after() {
    return pass::graph_after<passes, lowered, I>;
  }
  /// What the plan is for: the graph after all passes.
  static constexpr auto graph = graph::compact<static_cast<std::size_t>(
      graph_after<passes.size>().size + kiln::plan::spare_nodes)>(graph_after<passes.size>());

  static constexpr auto trivial_plan = kiln::plan::trivial(graph);
  /// The plan after the first I moves.
  template <std::size_t I>
  static constexpr const auto& plan_after() {
    return kiln::plan::plan_after<moves, trivial_plan, I>;
  }
  static constexpr const auto& plan = kiln::plan::plan_after<moves, trivial_plan, moves.size>;

  /// The user's callables, by slot.
  static constexpr const auto& callables() { return source::expression(Y).callables; }
};

/// What users see of a net.
template <const auto& Y, class Settings, bool Accepted = true>
struct net
    : pipeline<Y, Settings>
    , runtime::members<net<Y, Settings, Accepted>> {
  using steps = pipeline<Y, Settings>;

  /// Bytes of scratch that one context needs.
  static constexpr auto scratch_bytes = static_cast<std::size_t>(steps::plan.scratch_bytes);
  /// Bytes of weights after packing.
  static constexpr auto packed_bytes = static_cast<std::size_t>(steps::plan.packed_bytes);
  /// Bytes of stack that run() needs at most, but for the user's own callables.
  static constexpr std::size_t stack_bytes = codegen::stack_bytes(steps::plan);
  /// Groups that run() goes through; a barrier is between two.
  static constexpr int groups = steps::plan.groups.size - steps::plan.prepare_groups;
  /// Tensors that are written to memory as a whole between two groups.
  static constexpr int materialized = kiln::plan::materialized(steps::plan);
  /// Flop and bytes moved (arguments, results, packed weights, shared scratch) of a group.
  static constexpr double flops(int group) {
    return kiln::plan::flops(steps::plan, steps::graph, group);
  }
  static constexpr double bytes(int group) { return kiln::plan::bytes(steps::plan, group); }
};

/// Stands for a rejected net: whatever is done with it is silent, the error was reported.
struct agrees final {
  template <class... T>
  constexpr explicit agrees(const T&...) {}
  template <class T>
  constexpr operator T() const {  // NOLINT: stands for any constant
    return T{};
  }
};
template <const auto& Y, class Settings>
struct net<Y, Settings, false> {
  static constexpr std::size_t scratch_bytes = 0, packed_bytes = 0, stack_bytes = 0;
  static constexpr int groups = 0, materialized = 0;
  struct weights {
    template <class... T>
    explicit weights(T&&...) {}
  };
  struct context {
    template <class... T>
    explicit context(T&&...) {}
    template <class... T>
    void run(T&&...) noexcept {}
  };
  using stack_context = context;
  struct arguments {
    template <class... T>
    explicit arguments(T&&...) {}
  };
  template <core::fixed_string Name, class... T>
  static constexpr agrees view(T&&...) {
    return agrees{};
  }
};

}  // namespace detail

/// The net of an expression (or of outputs(...)) that is a constexpr variable of static storage.
/// Naming it reports the expression's mistake, once.
///
/// @errors  compile time: any verdict of the expression (tests/compile_fail/)
/// @cost    compile time, near-linear in the expression's nodes (docs: compile-time curves)
template <const auto& Y,
          class Settings = settings,
          bool Accepted = core::accepted<dsl::verdict_of<Y>>()>
struct compile : detail::net<Y, Settings, Accepted> {};

}  // namespace kiln
