// SPDX-License-Identifier: MIT
// The default moves.
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto p = plan::schedule(test::linear_graph(4, 5, 6));
static_assert(p.groups.size - p.prepare_groups == 1);
static_assert(p.scratch_bytes == 0, "a product with its post-operations needs no scratch");
static_assert(p.packed_bytes >= 5 * 16 * 4);

// 13-512-256-128 with a relu behind each layer: what a thread needs does not grow with the batch.
constexpr auto bottom_mlp(int rows) {
  test::graph_builder<16> b;
  int x = b.input("x", test::shape(rows, 13));
  const int widths[] = {13, 512, 256, 128};
  const char* const names[] = {"w1", "w2", "w3"};
  for (int i = 0; i < 3; ++i) {
    const int w = b.weight(names[i], test::shape(widths[i], widths[i + 1]));
    x = b.add<op::relu_op>({b.add<op::matmul_op>({x, w})});
  }
  b.output(x);
  return b.build();
}
static_assert(plan::schedule(bottom_mlp(512)).scratch_bytes <= 512 << 10);
static_assert(plan::schedule(bottom_mlp(2048)).scratch_bytes
              == plan::schedule(bottom_mlp(512)).scratch_bytes);

}  // namespace

TEST_CASE("the default moves end with memory") {
  constexpr auto all = plan::moves_for(core::native);
  CHECK(all.names[all.size - 1] == "place_scratch");
}
