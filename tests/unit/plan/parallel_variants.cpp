// SPDX-License-Identifier: MIT
// Which nets get a plan for several threads.
#include <kiln/plan/parallel_variants.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto rule(const auto& g) { return plan::by_rows_and_threads(g); }

static_assert(rule(test::linear_graph(1, 1024, 1024)).size == 2);
static_assert(rule(test::linear_graph(1, 1024, 1024))[0].threads.low == 2);
static_assert(rule(test::linear_graph(1, 1024, 1024))[1].threads == plan::any_threads);
static_assert(rule(test::linear_graph(1, 64, 64)).size == 1, "few weights");
static_assert(rule(test::linear_graph(64, 1024, 1024)).size == 1, "rows enough");

constexpr auto dynamic(int k, int n) {
  test::graph_builder<8> b;
  b.symbol("batch", 512);
  auto type = test::shape(1, k);
  type[0] = {1, {0, -1}};
  b.output(b.add<op::matmul_op>({b.input("x", type), b.weight("w", test::shape(k, n))}));
  return b.build();
}
static_assert(rule(dynamic(32, 32)).size == 2);

}  // namespace

TEST_CASE("one row of a dynamic batch has a plan for one thread and one for several") {
  const auto list = rule(dynamic(1024, 1024));
  REQUIRE(list.size == 3);
  const std::int64_t one = 1, many = 100;
  CHECK(list[0].holds(&one, 2));
  CHECK(!list[0].holds(&one, 1));
  CHECK(!list[0].holds(&many, 2));
  CHECK(list[1].holds(&one, 1));
  CHECK(list[2].holds(&many, 1));
  CHECK(list[2].holds(&many, 64));
}
