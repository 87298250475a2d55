// SPDX-License-Identifier: MIT
// Tests kiln/plan/product_tile.hpp.
#include <kiln/plan/product_tile.hpp>
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;

constexpr core::target machine{.isa = core::isa::avx512,
                               .lanes = 16,
                               .registers = 32,
                               .l1_bytes = 32 * 1024,
                               .l2_bytes = 1024 * 1024};

template <int M, int K, int N>
constexpr auto product = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", test::shape(M, K));
  b.output(b.add<op::matmul_op>({x, b.weight("w", test::shape(K, N))}));
  return plan::trivial(b.build());
}();

template <class Plan>
constexpr const plan::stage& matmul_of(const Plan& p) {
  for (int i = 0; i < p.stages.size; ++i) {
    if (p.stages[i].kind == plan::anchor::matmul) return p.stages[i];
  }
  return p.stages[0];
}

template <int M, int K, int N>
constexpr tensor::tile tile = plan::product_tile(product<M, K, N>,
                                                 matmul_of(product<M, K, N>),
                                                 machine);

static_assert(tile<1, 64, 64> == tensor::tile{.mr = 1, .nv = 4});
static_assert(tile<16, 64, 64> == tensor::tile{.mr = 6, .nv = 4});
static_assert(tile<32, 512, 512> == tensor::tile{.mr = 9, .nv = 3});

// Bytes on a machine with a matrix unit.
constexpr auto bytes = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(u8, 32, 64));
  b.output(b.add<op::matmul_op>({x, b.weight("w", tensor::static_type(s8, 64, 48))}));
  return plan::trivial(b.build());
}();
constexpr tensor::tile bytes_tile(bool tiles) {
  core::target m = machine;
  m.tiles = tiles;
  return plan::product_tile(bytes, matmul_of(bytes), m);
}
static_assert(bytes_tile(true) == tensor::matrix_tile);
static_assert(bytes_tile(false) != tensor::matrix_tile);

}  // namespace

TEST_CASE("what the plan says comes first") {
  plan::stage s = matmul_of(product<32, 512, 512>);
  s.tile = {.mr = 4, .nv = 1};
  CHECK(plan::product_tile(product<32, 512, 512>, s, machine) == s.tile);
}
TEST_CASE("a step of a loop is what counts, cut to the axis") {
  auto p = product<32, 512, 512>;
  plan::stage s = matmul_of(p);
  const auto l = p.loops.push({plan::role::serial, {32}, 5});
  s.slices[0] = {static_cast<std::int8_t>(l), 0, 1, 0, 0};
  CHECK(plan::step_extent(p, s, 0) == 5);
  CHECK(plan::step_extent(p, s, 1) == 512);
  p.loops[0].step = 64;
  CHECK(plan::step_extent(p, s, 0) == 32);
}
