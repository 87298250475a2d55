// SPDX-License-Identifier: MIT
// Loops for lone stages: which axis, which grain, what stays as it is.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/split_parallel.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;
using test::shape;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

struct found final {
  int axis = -1;
  plan::loop around{};
  int groups = 0;
};
// The loop of the last group of a graph's plan.
template <std::size_t N>
constexpr found last_loop(const graph::graph<N>& g) {
  const auto p =
      plan::split_parallel_fn{machine}(plan::collapse(plan::fuse_store(plan::trivial(g))));
  const plan::group& last = p.groups[p.groups.size - 1];
  found f{};
  f.groups = p.groups.size - p.prepare_groups;
  if (!p.items[last.first].is_loop) return f;
  f.around = p.loops[p.items[last.first].index];
  f.axis = p.stages[p.items[last.first + 1].index].slices[0].axis;
  return f;
}

constexpr found product(int rows, int k, int n) {
  return last_loop(test::linear_graph(rows, k, n));
}
static_assert(product(256, 512, 512).axis == 0 && product(256, 512, 512).around.grain == 1);
static_assert(product(256, 512, 512).around.step == 256, "one step for one thread");
static_assert(product(1, 1024, 1024).axis == 1, "columns of one row");
static_assert(product(1, 1024, 1024).around.grain % plan::panel_columns == 0);
static_assert(product(4, 1024, 1024).axis == 1, "few rows wait for weights");
static_assert(product(1, 1024, 1030).axis == -1, "the last block would have other sums");
static_assert(product(8, 16, 16).axis == -1, "not worth a barrier");

// Two products of one row: [1, k] * [k, 512] * [512, 256].
constexpr found second_product(int k) {
  test::graph_builder<8> b;
  const int first = b.add<op::matmul_op>({b.input("x", shape(1, k)), b.weight("v", shape(k, 512))});
  b.output(b.add<op::matmul_op>({first, b.weight("w", shape(512, 256))}));
  return last_loop(b.build());
}
static_assert(second_product(16).axis == -1);
static_assert(second_product(4096).axis == 1,
              "more weights than the cache keeps: it waits for its");

template <class Op>
constexpr found of(const tensor::tensor_type& type, const typename Op::attributes& how = {}) {
  test::graph_builder<8> b;
  b.output(b.add<Op>({b.input("x", type)}, how));
  return last_loop(b.build());
}
static_assert(of<op::tanh_op>(shape(512, 512)).axis == 0);
static_assert(of<op::tanh_op>(shape(100000)).axis == 0);
static_assert(of<op::tanh_op>(shape(100000)).around.grain % 64 == 0, "whole lines of the cache");
static_assert(of<op::tanh_op>(shape(4, 4)).axis == -1);
static_assert(of<op::softmax_op>(shape(512, 512), {1}).axis == 0);
static_assert(of<op::softmax_op>(shape(1, 100000), {1}).axis == -1, "one row is one thread's");
static_assert(of<op::reduce_sum_op>(shape(512, 512), {1 << 1, 0}).axis == 0);
static_assert(of<op::reduce_sum_op>(shape(100000), {1, 0}).axis == -1, "the order would change");

}  // namespace

TEST_CASE("a right-hand side that is no constant is packed by the team, then multiplied by it") {
  test::graph_builder<8> b;
  const int x = b.input("x", shape(128, 512));
  const int y = b.input("y", shape(512, 512));
  b.output(b.add<op::matmul_op>({x, y}));
  const auto p = plan::split_parallel_fn{machine}(plan::trivial(b.build()));
  REQUIRE(p.groups.size == 2);
  for (int g = 0; g < 2; ++g) CHECK(p.items[p.groups[g].first].is_loop);
  const plan::stage& pack = p.stages[p.items[p.groups[0].first + 1].index];
  CHECK(pack.slices[0].axis == 1);
  CHECK(p.tensors[p.views[p.stores[pack.first_store].view].tensor].at == plan::place::shared);
}

TEST_CASE("rows that may be any number come in whole tiles") {
  test::graph_builder<8> b;
  b.symbol("batch", 512);
  auto type = shape(1, 512);
  type[0] = {1, tensor::product_of(0)};
  const int w = b.weight("w", shape(512, 512));
  b.output(b.add<op::matmul_op>({b.input("x", type), w}));
  const found f = last_loop(b.build());
  CHECK(f.axis == 0);
  CHECK(f.around.step == 56);
}

TEST_CASE("images are shared out, one by one") {
  test::graph_builder<8> b;
  const int x = b.input("x", shape(8, 16, 16, 32));
  const int w = b.weight("w", shape(3, 3, 32, 32));
  b.output(b.add<op::conv2d_op>({x, w}));
  const found f = last_loop(b.build());
  CHECK(f.axis == 0);
  CHECK(f.around.step == 8);
  CHECK(f.around.grain == 1);
}

TEST_CASE("lines of a single image are shared out, where tiles may end at any of them") {
  const auto window = [](int images, int lines, int channels, int groups) {
    test::graph_builder<8> b;
    const int x = b.input("x", shape(images, lines + 2, 16, channels));
    const int w = b.weight("w", shape(3, 3, channels / groups, channels));
    b.output(b.add<op::conv2d_op>({x, w}, {1, 1, 0, 0, 0, 0, 1, 1, groups}));
    return last_loop(b.build());
  };
  CHECK(window(1, 15, 32, 1).axis == 1);
  CHECK(window(1, 15, 32, 1).around.step == 15);
  CHECK(window(1, 15, 32, 1).around.grain == 1);
  CHECK(window(2, 15, 32, 1).axis == 0);
  CHECK(window(1, 15, 4, 1).axis == -1);
  CHECK(window(1, 32, 128, 128).axis == 1);  // depthwise, in tiles of up to four lines
  CHECK(window(1, 32, 128, 128).around.grain == 4);
  CHECK(window(1, 31, 128, 128).axis == -1);
  CHECK(of<op::max_pool_op>(shape(1, 40, 40, 64), {3, 3}).axis == 1);
}
