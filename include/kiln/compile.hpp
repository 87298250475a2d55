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
#include <kiln/plan/parallel_variants.hpp>
#include <kiln/plan/same_preparation.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/plan/specialize.hpp>
#include <kiln/plan/variants.hpp>
#include <kiln/runtime/members.hpp>

#include <array>
#include <type_traits>
#include <utility>

namespace kiln {

/// What compile may be told: derive from it and hide members.
///
///     struct fast : kiln::settings {
///       static constexpr auto passes = kiln::pass::passes_for({.reassociate = true});
///       static constexpr auto variants = kiln::plan::variants(kiln::plan::when<"batch">(1));
///     };
///     using net = kiln::compile<y, fast>;
struct settings {
  static constexpr core::target machine = core::native;
  static constexpr auto passes = pass::optimize;
  static constexpr auto moves = plan::moves_for(machine);
  static constexpr auto variants = plan::by_rows_and_threads;
  /// Lets exp, tanh, gelu and the like be off by up to 2^-8 of their value (simd::accuracy::rough)
  /// in stages whose results are all stored as bf16, u8 or s8, which cannot show much more.
  static constexpr bool rough_math = false;
  /// What errors say of a weight that a pass has added: a type with the constants `weight`, its
  /// name, and `text` (kiln::in_int8 has one).
  using weight_hint = void;
};

namespace detail {

/// An accepted expression on its way through the arrows; every step is a constant of its own.
template <const auto& Y, class Settings>
struct pipeline {
  using source = dsl::source<std::remove_cvref_t<decltype(Y)>>;
  static constexpr const auto& passes = Settings::passes;
  static constexpr const auto& moves = Settings::moves;
  static constexpr const auto& machine = Settings::machine;
  static constexpr bool rough_math = Settings::rough_math;
  using weight_hint = typename Settings::weight_hint;

  /// The expression as it was written.
  static constexpr auto lowered = dsl::lower(Y);
  /// The graph after the first I passes.
  template <std::size_t I>
  static constexpr const auto& graph_after() {
    return pass::graph_after<passes, lowered, I>;
  }
  /// What the plan is for: the graph after all passes.
  static constexpr auto graph =
      graph::compact<kiln::plan::capacity_for(graph_after<passes.size>())>(
          graph_after<passes.size>());

  static constexpr auto trivial_plan = kiln::plan::trivial(graph, Settings::machine);
  /// The plan after the first I moves.
  template <std::size_t I>
  static constexpr const auto& plan_after() {
    return kiln::plan::plan_after<moves, trivial_plan, I>;
  }
  /// The plan for any values of the dynamic extents.
  static constexpr const auto& plan = kiln::plan::plan_after<moves, trivial_plan, moves.size>;

  /// Rules look at the graph, or at its dynamic extents only.
  static constexpr kiln::plan::guard_list guards = [] {
    if constexpr (requires { Settings::variants(graph); }) {
      return Settings::variants(graph);
    } else {
      return Settings::variants(graph.symbols, graph.symbol_count);
    }
  }();

  /// The user's callable in a slot.
  template <int Slot>
  static constexpr const auto& callable() {
    return dsl::callable_at<Slot>(source::expression(Y).callables);
  }
};

/// The plan for guard I of a net, its last one excepted: emitter's and explain's net.
template <class Net, std::size_t I>
struct specialized_net {
  static constexpr auto moves =
      Net::moves.for_threads(Net::guards[static_cast<int>(I)].threads.low);
  static constexpr bool rough_math = Net::rough_math;
  static constexpr auto graph =
      kiln::plan::specialize(Net::graph, Net::guards[static_cast<int>(I)]);
  static constexpr auto trivial_plan = kiln::plan::trivial(graph, Net::machine);
  static constexpr const auto& plan = kiln::plan::plan_after<moves, trivial_plan, moves.size>;
  template <int Slot>
  static constexpr const auto& callable() {
    return Net::template callable<Slot>();
  }
};

/// The guards that get a plan of their own.
struct kept_guards final {
  std::array<std::size_t, kiln::plan::max_variants> index{};
  std::size_t size = 0;
};
/// Those whose plans find the weights packed as they need them: a convolution's, for one, are
/// packed where the size of its image is known. Elsewhere the plan for any extents runs.
template <class Steps>
struct variants_of {
  template <std::size_t... I>
  static constexpr kept_guards find(std::index_sequence<I...>) {
    kept_guards k{};
    const bool shares[] = {
        kiln::plan::same_preparation(specialized_net<Steps, I>::plan, Steps::plan)..., false};
    for (std::size_t i = 0; i < sizeof...(I); ++i) {
      if (shares[i]) k.index[k.size++] = i;
    }
    return k;
  }
  static constexpr auto last = static_cast<std::size_t>(Steps::guards.size - 1);
  static constexpr kept_guards kept = find(std::make_index_sequence<last>{});

  template <std::size_t... I>
  static constexpr auto list(std::index_sequence<I...>) {
    using variant = kiln::plan::variant<std::remove_cvref_t<decltype(Steps::plan)>::capacity>;
    const auto& g = Steps::graph;
    return std::array<variant, sizeof...(I) + 1>{
        variant{Steps::guards[static_cast<int>(kept.index[I])],
                &specialized_net<Steps, kept.index[I]>::plan}...,
        variant{kept.size == last ? Steps::guards[static_cast<int>(last)]
                                  : kiln::plan::any_value(g.symbols, g.symbol_count),
                &Steps::plan}};
  }
};

template <class Variants>
constexpr std::size_t most_stack(const Variants& variants) {
  std::size_t most = 0;
  for (const auto& v : variants) {
    const std::size_t bytes = codegen::stack_bytes(*v.runs);
    most = bytes > most ? bytes : most;
  }
  return most;
}

/// What users see of a net.
template <const auto& Y, class Settings, bool Accepted = true>
struct net
    : pipeline<Y, Settings>
    , runtime::members<net<Y, Settings, Accepted>> {
  using steps = pipeline<Y, Settings>;
  static_assert(steps::guards.fits,
                "kiln: a variant names a dynamic extent that the net has not, or no values of it");

  /// The plans in the order in which run() asks their guards; the last one is `plan`.
  static constexpr auto variants =
      variants_of<steps>::list(std::make_index_sequence<variants_of<steps>::kept.size>{});
  /// The I-th of them, as emitter and explain take it.
  template <std::size_t I>
  using variant_net = std::conditional_t<I + 1 == variants.size(),
                                         net,
                                         specialized_net<steps, variants_of<steps>::kept.index[I]>>;

  /// Bytes of scratch that one context needs.
  static constexpr auto scratch_bytes = static_cast<std::size_t>(kiln::plan::scratch_of(variants));
  /// The same for a context with an executor of so many threads.
  static constexpr std::size_t scratch_bytes_for(int threads) {
    return runtime::scratch_bytes_for<net>(threads);
  }
  /// Bytes of weights after packing.
  static constexpr auto packed_bytes = static_cast<std::size_t>(steps::plan.packed_bytes);
  /// Bytes of stack that run() needs at most, but for the user's own callables.
  static constexpr std::size_t stack_bytes = detail::most_stack(variants);
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
  static constexpr std::size_t scratch_bytes_for(int) { return 0; }
  static constexpr std::array<kiln::plan::variant<1>, 1> variants{};
  struct weights {
    template <class... T>
    explicit weights(T&&...) {}
  };
  struct packed {};
  template <class... T>
  static constexpr packed pack(const T&...) {
    return {};
  }
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
