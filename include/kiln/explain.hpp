// SPDX-License-Identifier: MIT
// What the compiler made of a net, as text: every graph and plan on the way, kernels, sizes,
// reasons.
#pragma once

#include <kiln/graph/describe.hpp>
#include <kiln/plan/dot.hpp>
#include <kiln/plan/facts.hpp>
#include <kiln/plan/group_facts.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/plan/unfused.hpp>
#include <kiln/plan/variants.hpp>

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>

namespace kiln {

/// How much explain tells.
enum class explain_as : std::uint8_t {
  summary,  // groups with their loops and kernels, sizes, what stayed apart and why
  steps,    // the graph after every pass and the plan after every move, then the summary
  dot       // the final graph and the final plan as Graphviz drawings
};

namespace detail {

/// Numbers as people read them, to be followed by a unit: "850 ", "12.3 k", "4.56 M".
inline std::string short_number(double x) {
  constexpr const char* units[] = {" ", " k", " M", " G"};
  int unit = 0;
  while (x >= 1000 && unit < 3) {
    x /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f%s" : "%.3g%s", x, units[unit]);
  return text;
}

/// The text of a net and one of its plans, which Part has.
template <class Net, class Part = Net>
struct explainer final {
  static constexpr const auto& p = Part::plan;
  static constexpr const auto& g = Part::graph;
  std::string& text;

  static int operators(const auto& graph) {
    int n = 0;
    for (int i = 0; i < graph.size; ++i) {
      n += graph[i].facts().group != op::category::source ? 1 : 0;
    }
    return n;
  }
  void append(auto... parts) {
    const auto one = [this](const auto& x) {
      if constexpr (std::integral<std::remove_cvref_t<decltype(x)>>) {
        graph::append_integer(text, x);
      } else {
        text.append(x);
      }
    };
    (one(parts), ...);
  }

  // ---- the way ----------------------------------------------------------------------------------

  template <std::size_t I>
  void append_pass() {
    const std::string before = graph::describe(Net::template graph_after<I>());
    const std::string after = graph::describe(Net::template graph_after<I + 1>());
    append("\nafter pass ", Net::passes.names[I], before == after ? ": the same\n" : "\n");
    if (before != after) text.append(after);
  }
  template <std::size_t I>
  void append_move() {
    const std::string before = plan::describe(Net::template plan_after<I>(), g);
    const std::string after = plan::describe(Net::template plan_after<I + 1>(), g);
    append("\nafter move ", Net::moves.names[I], before == after ? ": the same\n" : "\n");
    if (before != after) text.append(after);
  }
  template <std::size_t... Passes, std::size_t... Moves>
  void append_steps(std::index_sequence<Passes...>, std::index_sequence<Moves...>) {
    append("as written\n", graph::describe(Net::lowered));
    (append_pass<Passes>(), ...);
    append("\ntrivial plan\n", plan::describe(Net::trivial_plan, g));
    (append_move<Moves>(), ...);
    text.push_back('\n');
  }

  // ---- the end ----------------------------------------------------------------------------------

  void append_items(int first, int end, std::string indent) {
    for (int i = first; i < end; ++i) {
      const plan::item& x = p.items[i];
      if (x.is_loop) {
        const plan::loop& l = p.loops[x.index];
        append(indent, "for ");
        graph::append_extent(text, l.extent, p.symbols);
        append(" in steps of ", l.step, ", ", name_of(l.runs), "\n");
        append_items(i + 1, i + 1 + x.body, indent + "  ");
        i += x.body;
      } else {
        append(indent, plan::label(p, p.stages[x.index]), "\n");
      }
    }
  }
  void append_groups() {
    for (int k = p.prepare_groups; k < p.groups.size; ++k) {
      const int index = k - p.prepare_groups;
      append("group ", index, ": ", short_number(plan::flops(p, g, index)), "flop, ");
      append(short_number(plan::bytes(p, index)), "bytes\n");
      plan::append_reasons(text, p, index, core::native);
      append_items(p.groups[k].first, p.groups[k].first + p.groups[k].items, "  ");
    }
  }
  void append_unfused() {
    plan::for_each_unfused(p, [this](const plan::unfused& x) {
      append("in memory: %", p.tensors[x.tensor].node, " ");
      append(g[p.tensors[x.tensor].node].facts().name, " for %", p.stages[x.reader].node, " ");
      append(g[p.stages[x.reader].node].facts().name, ": ", text_of(x.why), "\n");
    });
  }
  void append_summary() {
    const int groups = p.groups.size - p.prepare_groups;
    append(operators(Net::lowered), " operators, ", operators(g), " after passes, in ", groups);
    append(groups == 1 ? " group; " : " groups; ", p.prepare_groups, " at bind\n");
    append("scratch ", p.scratch_bytes, " bytes, packed weights ", p.packed_bytes, " bytes, ");
    const int written = plan::materialized(p);
    append(written, written == 1 ? " tensor" : " tensors", " between groups in memory\n");
    append_groups();
    append_unfused();
  }
};

/// Calls f(part, guard) for every plan of a net; the guard is null where no other plan is.
template <class Net, class F>
void for_each_variant(F f) {
  if constexpr (requires { Net::variants; }) {
    constexpr std::size_t count = Net::variants.size();
    [&f]<std::size_t... I>(std::index_sequence<I...>) {
      (f(std::type_identity<typename Net::template variant_net<I>>{},
         count > 1 ? &Net::variants[I].when : nullptr),
       ...);
    }
    (std::make_index_sequence<count>{});
  } else {
    f(std::type_identity<Net>{}, nullptr);
  }
}

/// "when batch = 1", "when batch = 2 to 512 and threads = 2 or more".
inline void append_guard(std::string& text,
                         const plan::guard& w,
                         const tensor::symbol_table& symbols) {
  const char* before = "when ";
  for (std::size_t s = 0; s < static_cast<std::size_t>(w.symbols); ++s) {
    const plan::interval& values = w.of[s];
    if (values == plan::interval{1, symbols[s].bound}) continue;
    text.append(before).append(symbols[s].name).append(" = ");
    graph::append_integer(text, values.low);
    if (!values.is_one_value()) {
      text.append(" to ");
      graph::append_integer(text, values.high);
    }
    before = " and ";
  }
  if (w.threads != plan::any_threads) {
    text.append(before).append("threads = ");
    graph::append_integer(text, w.threads.low);
    if (w.threads.high == plan::any_threads.high) {
      text.append(" or more");
    } else if (!w.threads.is_one_value()) {
      text.append(" to ");
      graph::append_integer(text, w.threads.high);
    }
    before = " and ";
  }
  text.append(before[0] == 'w' ? "otherwise\n" : "\n");
}

}  // namespace detail

/// What the compiler made of a net (`kiln::compile<y>`): which operators share a group and its
/// loops, the kernel of every stage, flop, bytes, scratch and packed memory, and why the rest
/// stayed apart; each of its plans where the dynamic extents choose one; or the way there, pass by
/// pass and move by move; or drawings of the plan for any extents.
///
/// @cost  run time: the text is made when it is called
template <class Net>
std::string explain(explain_as how = explain_as::summary) {
  if (how == explain_as::dot) return graph::dot(Net::graph) + plan::dot(Net::plan);
  std::string text;
  if (how == explain_as::steps) {
    detail::explainer<Net>{text}.append_steps(std::make_index_sequence<Net::passes.size>{},
                                              std::make_index_sequence<Net::moves.size>{});
  }
  detail::for_each_variant<Net>(
      [&text]<class Part>(std::type_identity<Part>, const plan::guard* when) {
        if (when != nullptr) detail::append_guard(text, *when, Net::graph.symbols);
        detail::explainer<Net, Part>{text}.append_summary();
      });
  return text;
}

}  // namespace kiln
