// SPDX-License-Identifier: MIT
// What a pass is, and pipelines of passes that users extend and watch.
#pragma once

#include <kiln/core/hana.hpp>
#include <kiln/graph/rewrite.hpp>

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kiln::pass {

/// A pure function from graph to graph with a name; the capacity stays. Users write their own.
///
/// @law     interpret(p(g)) == interpret(g), within what p promises
/// @law     p(p(g)) == p(g)
/// @models  canonicalize, merge_equal, drop_dead, fold_constants, simplify, fold_batch_norm,
///          pipeline(...)
template <class P>
concept pass = std::copy_constructible<P> && requires(const P& p, const graph::graph<8>& g) {
  { P::name } -> std::convertible_to<std::string_view>;
  { p(g) } -> std::same_as<graph::graph<8>>;
};

/// A pass that says how many nodes it may add. One that does not add them where there is no room.
template <class P>
concept adds_nodes = pass<P> && requires(const P& p, const graph::graph<8>& g) {
  { p.room(g) } -> std::convertible_to<int>;
};

/// Passes that run one after the other; itself a pass.
template <pass... Passes>
struct pipeline_of final {
  static constexpr std::string_view name = "pipeline";
  static constexpr std::size_t size = sizeof...(Passes);
  static constexpr std::array<std::string_view, size> names{Passes::name...};

  boost::hana::basic_tuple<Passes...> passes;

  /// The I-th pass.
  template <std::size_t I>
  constexpr const auto& at() const {
    return boost::hana::at_c<I>(passes);
  }
  /// This pipeline followed by more passes.
  template <pass... More>
  constexpr pipeline_of<Passes..., More...> then(const More&... more) const {
    return joined(std::make_index_sequence<size>{}, more...);
  }
  /// Another pass followed by this pipeline.
  template <pass First>
  constexpr pipeline_of<First, Passes...> after(const First& first) const {
    return preceded(std::make_index_sequence<size>{}, first);
  }
  /// The graph after all passes.
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return (*this)(g, [](std::string_view, const graph::graph<N>&) {});
  }
  /// The same, and calls watch(name, graph) after each pass.
  template <std::size_t N, std::invocable<std::string_view, const graph::graph<N>&> Watch>
  constexpr graph::graph<N> operator()(graph::graph<N> g, Watch watch) const {
    run(g, watch, std::make_index_sequence<size>{});
    return g;
  }

 private:
  template <std::size_t... I, class... More>
  constexpr pipeline_of<Passes..., More...> joined(std::index_sequence<I...>,
                                                   const More&... more) const {
    return {boost::hana::basic_tuple<Passes..., More...>(at<I>()..., more...)};
  }
  template <std::size_t... I, class First>
  constexpr pipeline_of<First, Passes...> preceded(std::index_sequence<I...>,
                                                   const First& first) const {
    return {boost::hana::basic_tuple<First, Passes...>(first, at<I>()...)};
  }
  template <std::size_t N, class Watch, std::size_t... I>
  constexpr void run(graph::graph<N>& g, Watch& watch, std::index_sequence<I...>) const {
    ((g = at<I>()(g), watch(at<I>().name, std::as_const(g))), ...);
  }
};

/// The pipeline of these passes, in this order.
template <pass... Passes>
constexpr pipeline_of<Passes...> pipeline(const Passes&... passes) {
  return {boost::hana::basic_tuple<Passes...>(passes...)};
}

namespace detail {
/// The capacity that pass p needs to do all it can on g.
template <std::size_t N, class Pass>
constexpr std::size_t capacity_for(const Pass& p, const graph::graph<N>& g) {
  if constexpr (adds_nodes<Pass>) {
    const auto wanted = static_cast<std::size_t>(g.size + p.room(g));
    return wanted > N ? wanted : N;
  } else {
    return N;
  }
}

template <const auto& Pipeline, const auto& Graph, std::size_t I>
struct step_of final {
  static constexpr const auto& before = step_of<Pipeline, Graph, I - 1>::value;
  static constexpr std::size_t capacity = capacity_for(Pipeline.template at<I - 1>(), before);
  static constexpr auto value = [] {
    if constexpr (capacity > std::remove_cvref_t<decltype(before)>::capacity) {
      return Pipeline.template at<I - 1>()(graph::compact<capacity>(before));
    } else {
      return Pipeline.template at<I - 1>()(before);
    }
  }();
};
template <const auto& Pipeline, const auto& Graph>
struct step_of<Pipeline, Graph, 0> final {
  static constexpr const auto& value = Graph;
};
}  // namespace detail

/// The graph after the first I passes of a pipeline. Each is a constant of its own: compilers limit
/// the steps of one evaluation, not their sum. The capacity grows where a pass asks for room.
template <const auto& Pipeline, const auto& Graph, std::size_t I>
inline constexpr const auto& graph_after = detail::step_of<Pipeline, Graph, I>::value;

}  // namespace kiln::pass
