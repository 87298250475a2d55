// SPDX-License-Identifier: MIT
// Cycles of products, by multiply-adds or weights, and of maps; what is worth a barrier.
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/plan/work.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

constexpr std::int64_t cycles(int rows, int k, int n) {
  const auto p = plan::fuse_store(plan::trivial(test::linear_graph(rows, k, n)));
  return plan::cycles_of(p, p.stages[p.items[p.groups[p.prepare_groups].first].index], machine);
}
// 32 multiply-adds a cycle; a store, an addition and a relu for each result.
static_assert(cycles(64, 512, 256) == (64 * 512 * 256 / 2 + 3 * 64 * 256) / 16);
// One row waits for the weights.
static_assert(cycles(1, 512, 256) == 512 * 256 * 4 / plan::near_bytes_per_cycle);

// Neighbours along k that one instruction takes, and a matrix unit, which takes 16 rows at least.
constexpr core::target with_dots{core::isa::avx512, 16, 32, 48 << 10, 1 << 20, true, true, false};
constexpr core::target with_tiles{core::isa::avx512, 16, 32, 48 << 10, 1 << 20, true, false, true};
constexpr tensor::factors of_floats{tensor::dtype::f32, tensor::dtype::f32};
constexpr tensor::factors of_pairs{tensor::dtype::bf16, tensor::dtype::bf16};
constexpr tensor::factors of_bytes{tensor::dtype::u8, tensor::dtype::s8};
static_assert(plan::multiply_adds(with_dots, of_floats, false) == 32);
static_assert(plan::multiply_adds(with_dots, of_pairs, false) == 64);
static_assert(plan::multiply_adds(with_dots, of_bytes, false) == 128);
static_assert(plan::multiply_adds(machine, of_bytes, false) == 32, "as floats");
static_assert(plan::multiply_adds(with_tiles, of_bytes, true)
              > 2 * plan::multiply_adds(with_tiles, of_bytes, false));
static_assert(plan::own_cache_bytes(with_tiles) == 2 << 20);
static_assert(plan::own_cache_bytes(with_dots) == 1 << 20);

static_assert(!plan::pays_for_team(cycles(32, 64, 64)));
static_assert(plan::pays_for_team(cycles(128, 512, 256)));

}  // namespace

TEST_CASE("weights count where they are packed at bind") {
  const auto p = plan::trivial(test::linear_graph(4, 32, 16));
  std::int64_t bytes = 0;
  for (int i = 0; i < p.stages.size; ++i) bytes += plan::weight_bytes(p, p.stages[i]);
  CHECK(bytes == 32 * 16 * 4);
}

TEST_CASE("every kind of stage costs something") {
  // A constant: g++ 12.2 vectorises how attributes are filled at run time wrongly.
  static constexpr auto g = [] {
    test::graph_builder<16> b;
    const int x = b.input("x", test::shape(2, 6, 6, 8));
    const int w = b.weight("w", test::shape(3, 3, 8, 16));
    const int c = b.add<op::conv2d_op>({x, w});
    const int pooled = b.add<op::max_pool_op>({c}, {2, 2, 2, 2, 0, 0, 0, 0, 0});
    const int sums = b.add<op::reduce_sum_op>({pooled}, {1 << 3, 0});
    b.output(b.add<op::softmax_op>({sums}, {2}));
    return b.build();
  }();
  const auto p = plan::trivial(g);
  for (int k = p.prepare_groups; k < p.groups.size; ++k) {
    for (int i = p.groups[k].first; i < p.groups[k].first + p.groups[k].items; ++i) {
      CHECK(plan::cycles_of(p, p.stages[p.items[i].index], machine) > 0);
    }
  }
}
