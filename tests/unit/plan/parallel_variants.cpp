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

// Products of bytes on a matrix unit are done so fast that even more rows wait for weights.
constexpr auto of_bytes(int rows) {
  test::graph_builder<16> b;
  auto x = test::shape(rows, 1024), w = test::shape(1024, 1024);
  x.element = tensor::dtype::u8;
  w.element = tensor::dtype::s8;
  int at = b.input("x", x);
  for (const char* name : {"w1", "w2", "w3"}) {
    at = b.add<op::cast_op>({b.add<op::matmul_op>({at, b.weight(name, w)})},
                            {static_cast<int>(tensor::dtype::u8)});
  }
  b.output(at);
  return b.build();
}
constexpr core::target with_tiles{core::isa::avx512, 16, 32, 48 << 10, 1 << 20, true, false, true};
static_assert(plan::has_columns_to_share(of_bytes(32), with_tiles));
static_assert(!plan::has_columns_to_share(of_bytes(128), with_tiles));

constexpr auto dynamic(int k, int n) {
  test::graph_builder<8> b;
  b.symbol("batch", 512);
  auto type = test::shape(1, k);
  type[0] = {1, tensor::product_of(0)};
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
