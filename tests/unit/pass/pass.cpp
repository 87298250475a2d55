// SPDX-License-Identifier: MIT
// Pipelines, a user's own pass, watching.
#include <kiln/pass/drop_dead.hpp>
#include <kiln/pass/merge_equal.hpp>
#include <kiln/pass/pass.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

// A user's pass: tanh-approximated GELU instead of the exact one.
struct cheaper_gelu final {
  static constexpr std::string_view name = "cheaper_gelu";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return graph::rewrite(g, [](auto& out, graph::node& n) {
      return n.is<op::gelu_erf_op>() ? out.template become<op::gelu_tanh_op>(n, {n.operand(0)})
                                     : graph::keep;
    });
  }
};
struct no_name final {
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& g) const {
    return g;
  }
};
static_assert(pass::pass<cheaper_gelu> && pass::pass<pass::drop_dead_fn>);
static_assert(!pass::pass<no_name> && !pass::pass<int>);

constexpr auto passes = pass::pipeline(pass::merge_equal, pass::drop_dead).then(cheaper_gelu{});
static_assert(pass::pass<decltype(pass::pipeline(pass::merge_equal))>);
static_assert(passes.size == 3 && passes.names[2] == "cheaper_gelu");

constexpr auto g = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(f32, 8));
  b.add<op::exp_op>({x});
  const int a = b.add<op::gelu_erf_op>({x});
  const int c = b.add<op::gelu_erf_op>({x});
  b.output(b.add<op::add_op>({a, c}));
  return b.build();
}();

static_assert(graph::count<op::gelu_tanh_op>(passes(g)) == 1);
static_assert(graph::same(pass::graph_after<passes, g, 0>, g));
static_assert(graph::count<op::gelu_erf_op>(pass::graph_after<passes, g, 1>) == 1);
static_assert(graph::same(pass::graph_after<passes, g, 3>, passes(g)));

// relu(x) -> relu(-(-x)), as often as there is room
struct longer final {
  static constexpr std::string_view name = "longer";
  template <std::size_t N>
  constexpr graph::graph<N> operator()(const graph::graph<N>& before) const {
    return graph::rewrite(before, [](auto& out, graph::node& n) {
      const bool done = !n.is<op::relu_op>() || out.operand(n, 0).template is<op::negate_op>();
      if (done || !out.has_room(2)) return graph::keep;
      const int negated = out.template make<op::negate_op>({n.operand(0)});
      return out.template become<op::relu_op>(n, {out.template make<op::negate_op>({negated})});
    });
  }
  template <std::size_t N>
  constexpr int room(const graph::graph<N>& before) const {
    return 2 * graph::count<op::relu_op>(before);
  }
};
static_assert(pass::adds_nodes<longer> && !pass::adds_nodes<cheaper_gelu>);
constexpr auto full = [] {
  test::graph_builder<2> b;
  b.output(b.add<op::relu_op>({b.input("x", static_type(f32, 8))}));
  return b.build();
}();
constexpr auto growing = pass::pipeline(longer{}, pass::drop_dead);
static_assert(growing(full).size == 2, "no room, no change");
static_assert(pass::graph_after<growing, full, 1>.size == 4, "a pass gets the room it asks for");
static_assert(pass::graph_after<growing, full, 2>.capacity == 4);
constexpr auto prepended = pass::pipeline(pass::drop_dead).after(longer{});
static_assert(prepended.size == 2 && prepended.names[0] == longer::name);
static_assert(pass::graph_after<prepended, full, 1>.size == 4);

}  // namespace

TEST_CASE("a watcher sees every pass by name and its graph") {
  std::string seen;
  const auto after = passes(g, [&](std::string_view name, const auto& now) {
    seen += std::string(name) + ":" + std::to_string(now.size) + " ";
  });
  CHECK(seen == "merge_equal:3 drop_dead:3 cheaper_gelu:3 ");
  CHECK(graph::same(after, passes(g)));
}

TEST_CASE("an empty pipeline changes nothing") {
  constexpr auto none = pass::pipeline();
  CHECK(graph::same(none(g), g));
  CHECK(graph::same(none.then(pass::drop_dead)(g), pass::drop_dead(g)));
  CHECK(graph::same(none.after(pass::drop_dead)(g), pass::drop_dead(g)));
}
