// SPDX-License-Identifier: MIT
// What explain says of nets with and without fusion.
#include <kiln/explain.hpp>
#include <kiln/pass/optimize.hpp>
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

// What explain asks of a net.
template <const auto& Lowered>
struct net_of {
  static constexpr auto passes = pass::optimize;
  static constexpr auto moves = plan::moves_for(machine);
  static constexpr const auto& lowered = Lowered;
  template <std::size_t I>
  static constexpr const auto& graph_after() {
    return pass::graph_after<passes, lowered, I>;
  }
  static constexpr const auto& graph = graph_after<passes.size>();
  static constexpr auto trivial_plan = plan::trivial(graph);
  template <std::size_t I>
  static constexpr const auto& plan_after() {
    return plan::plan_after<moves, trivial_plan, I>;
  }
  static constexpr const auto& plan = plan_after<moves.size>();
};

constexpr auto mlp = test::mlp_graph(0);
constexpr auto attention = [] {
  test::graph_builder<8> b;
  const int q = b.input("q", tensor::static_type(f32, 12, 8));
  const int k = b.input("k", tensor::static_type(f32, 10, 8));
  const int v = b.input("v", tensor::static_type(f32, 10, 8));
  const int scores = b.add<op::matmul_op>({q, k}, {0, 1});
  b.output(b.add<op::matmul_op>({b.add<op::softmax_op>({scores}, {1}), v}));
  return b.build();
}();

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the summary names groups, loops and kernels") {
  const std::string text = explain<net_of<mlp>>();
  CHECK(contains(text, "4 operators, 4 after passes, in 1 group; 2 at bind\n"));
  CHECK(contains(text, "  for batch in steps of 100, parallel\n"));
  CHECK(contains(text, " cycles; 100 rows a block: "));
  CHECK(contains(text, "    gemm/f32.f32.f32/"));
  CHECK(contains(text, "+relu\n"));
  CHECK_FALSE(contains(text, "in memory: "));
}

TEST_CASE("what stayed apart has a reason") {
  const std::string text = explain<net_of<attention>>();
  CHECK(contains(text, "in memory: %"));
}

TEST_CASE("groups say why they are apart") {
  const std::string text = explain<net_of<attention>>();
  CHECK(contains(text, "not fused with what runs before: "));
}

TEST_CASE("guards name threads and extents") {
  const auto named = [](const plan::guard& w) {
    std::string text;
    detail::append_guard(text, w, mlp.symbols);
    return text;
  };
  plan::guard w = plan::any_value(mlp.symbols, 1);
  CHECK(named(w) == "otherwise\n");
  w.threads = {2, plan::any_threads.high};
  CHECK(named(w) == "when threads = 2 or more\n");
  w.of[0] = {1, 1};
  CHECK(named(w) == "when batch = 1 and threads = 2 or more\n");
  w.threads = {3, 4};
  CHECK(named(w) == "when batch = 1 and threads = 3 to 4\n");
}

TEST_CASE("steps show every pass and every move") {
  const std::string text = explain<net_of<mlp>>(explain_as::steps);
  CHECK(contains(text, "as written\n"));
  CHECK(contains(text, "after pass drop_dead: the same\n"));
  CHECK(contains(text, "\ntrivial plan\n"));
  CHECK(contains(text, "after move fuse_store\n"));
}

TEST_CASE("drawings are two") {
  const std::string text = explain<net_of<mlp>>(explain_as::dot);
  CHECK(text.find("digraph") != text.rfind("digraph"));
}

TEST_CASE("numbers are short") {
  CHECK(detail::short_number(850) == "850 ");
  CHECK(detail::short_number(12345) == "12.3 k");
  CHECK(detail::short_number(4.56e6) == "4.56 M");
}
