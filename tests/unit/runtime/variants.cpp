// SPDX-License-Identifier: MIT
// Nets with one plan and with several.
#include <kiln/runtime/serial.hpp>
#include <kiln/runtime/variants.hpp>

#include <doctest/doctest.h>

#include <array>
#include <unit/runtime/nets.hpp>

namespace {

using namespace kiln;

static_assert(!runtime::has_variants<support::layer>);
static_assert(
    runtime::scratch_bytes_of<support::layer> == std::size_t{support::layer::plan.scratch_bytes});

// y = relu(x @ w + b) again, with a plan for one row, which is the other one's by mistake but for
// its symbols: what it computes shows that it ran.
constexpr auto doubled_graph = [] {
  auto g = support::layer_graph;
  for (int i = 0; i < g.size; ++i) {
    if (!g[i].is<op::relu_op>()) continue;
    g[i].kind = op::kind_of<op::add_op>;
    g[i].count = 2;
    g[i].operands[1] = g[i].operands[0];
  }
  return g;
}();
struct two_plans {
  static constexpr const auto& graph = support::layer_graph;
  static constexpr auto plan = kiln::plan::place_scratch(kiln::plan::trivial(graph));
  template <std::size_t I>
  using variant_net = std::conditional_t<I == 0, support::net_of<doubled_graph>, support::layer>;
  static constexpr auto guards = kiln::plan::single_or_many(graph.symbols, graph.symbol_count);
  using variant = kiln::plan::variant<16>;
  static constexpr std::array<variant, 2> variants{
      variant{guards[0], &support::net_of<doubled_graph>::plan}, variant{guards[1], &plan}};
};
static_assert(runtime::has_variants<two_plans>);

// The same where the doubling one is for teams of two and three.
struct plans_by_threads : two_plans {
  static constexpr std::array<variant, 2> variants = [] {
    auto v = two_plans::variants;
    v[0].when = v[1].when = kiln::plan::any_value(graph.symbols, graph.symbol_count);
    v[0].when.threads = {2, 3};
    return v;
  }();
};
static_assert(runtime::scratch_bytes_for<plans_by_threads>(2)
              == runtime::scratch_bytes_of<support::net_of<doubled_graph>>);

// The results for every number of rows, of a run by a team or, without one, by the calling thread.
template <class Net, class... Team>
void check_choice(bool (*doubles)(std::int64_t rows), const Team&... team) {
  std::vector<float> w(15, 0.0F), b(5, -1.0F), x(24, 0.0F), y(40);
  alignas(64) char packed[2048]{}, scratch[4096]{};
  REQUIRE(two_plans::plan.packed_bytes <= 2048);
  REQUIRE(two_plans::plan.scratch_bytes <= 4096);
  const codegen::bound_tensor weights[] = {{reinterpret_cast<char*>(w.data()), 5},
                                           {reinterpret_cast<char*>(b.data()), 5}};
  const codegen::bound_tensor in{reinterpret_cast<char*>(x.data()), 3};
  const codegen::bound_tensor out{reinterpret_cast<char*>(y.data()), 5};
  codegen::frame f{};
  f.arguments = &in;
  f.results = &out;
  f.weights = weights;
  f.packed = packed;
  f.scratch = scratch;
  const std::int64_t any = 1;
  f.symbols = &any;
  codegen::emitter<support::layer>::prepare(f);
  for (std::int64_t rows = 1; rows <= 8; ++rows) {
    f.symbols = &rows;
    std::fill(y.begin(), y.end(), 7.0F);
    runtime::run_variant<Net>(f, team...);
    const auto n = static_cast<std::size_t>(rows) * 5;
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == (i >= n ? 7.0F : doubles(rows) ? -2.0F : 0.0F));  // -1 doubled, or relu(-1)
    }
  }
}

}  // namespace

TEST_CASE("the extents choose the plan") {
  check_choice<two_plans>([](std::int64_t rows) { return rows == 1; });
  const serial_executor two{2};
  check_choice<two_plans>([](std::int64_t rows) { return rows == 1; }, core::team(two));
}

TEST_CASE("the number of threads chooses the plan") {
  check_choice<plans_by_threads>([](std::int64_t) { return false; });
  for (const int threads : {2, 3}) {
    const serial_executor e{threads};
    check_choice<plans_by_threads>([](std::int64_t) { return true; }, core::team(e));
  }
  const serial_executor four{4};
  check_choice<plans_by_threads>([](std::int64_t) { return false; }, core::team(four));
}
