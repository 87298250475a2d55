// SPDX-License-Identifier: MIT
// Stages of products by what their second operand is.
#include <kiln/plan/product_stages.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

// A product alone: x [2, 3, 4] times y, of which B changes with the batch or does not.
template <class... Extents>
auto product_plan(bool weight, Extents... extents) {
  static graph::graph<8> g{};  // node_values keeps a reference
  test::graph_builder<8> b;
  const auto type = tensor::static_type(f32, extents...);
  const int x = b.input("x", tensor::static_type(f32, 2, 3, 4));
  const int y = weight ? b.weight("y", type) : b.input("y", type);
  b.output(b.add<op::matmul_op>({x, y}));
  g = b.build();
  plan::product_stages<8> v(g);
  v.find_constants();
  v.add_source(0);
  v.add_source(1);
  if (v.packs_at_bind(2)) v.pack_at_bind(2);
  v.add_matmul(2);
  return v.p;
}

}  // namespace

TEST_CASE("a constant B is packed once") {
  const auto p = product_plan(true, 4, 5);
  CHECK(p.loops.size == 0);
  REQUIRE(p.groups.size == 2);
  const plan::stage& s = p.stages[p.items[p.groups[1].first].index];
  CHECK(s.kind == plan::anchor::matmul);
  CHECK(s.rank == 4);
  CHECK(s.kept == 3);
  CHECK(p.tensors[p.views[s.first_operand + 1].tensor].at == plan::place::packed);
}

TEST_CASE("a B that changes with the batch is packed in a loop") {
  const auto p = product_plan(false, 2, 4, 5);
  REQUIRE(p.loops.size == 1);
  CHECK(p.loops[0].extent == tensor::dim{2});
  CHECK(p.items[0].is_loop);
  CHECK(p.items[0].body == 2);
}

TEST_CASE("a B that all the batch shares is packed before the product") {
  const auto p = product_plan(false, 4, 5);
  CHECK(p.loops.size == 0);
  CHECK(p.groups.size == 1);
  CHECK(p.stages.size == 2);
}

namespace {

// Numbers of four bits, sixteen of which have a scale, and perhaps a zero point.
auto grouped_plan(float zero) {
  static graph::graph<16> g{};
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(f32, 2, 3, 32));
  const int w = b.weight("w", tensor::static_type(u8, 16, 20));
  const int s = b.weight("s", tensor::static_type(f16, 2, 20));
  b.output(b.add<op::grouped_matmul_op>({x, w, s, b.constant(zero)}, {4, 16}));
  g = b.build();
  plan::product_stages<16> v(g);
  v.find_constants();
  for (int i = 0; i < 4; ++i) v.add_source(i);
  v.pack_at_bind(4);
  v.add_matmul(4);
  return v.p;
}

}  // namespace

TEST_CASE("numbers and scales of groups are packed as they come") {
  const auto p = grouped_plan(8);
  REQUIRE(p.groups.size == 3);
  const plan::stage& s = p.stages[2];
  CHECK(s.operands == 3);
  const plan::placed_tensor& numbers = p.tensors[p.views[s.first_operand + 1].tensor];
  CHECK(numbers.bytes == 16 * 32);
  CHECK(p.views[s.first_operand + 1][s.rank - 2].factor == 16);
  const plan::placed_tensor& scales = p.tensors[p.views[s.first_operand + 2].tensor];
  CHECK(scales.bytes == 2 * 32 * 2);
  CHECK(p.views[s.first_operand + 2][s.rank - 2].factor == 2);
}
TEST_CASE("a zero point other than the middle is an operand of its own") {
  const auto p = grouped_plan(3);
  REQUIRE(p.groups.size == 4);
  CHECK(p.stages[3].operands == 4);
}
TEST_CASE("what corrects signed bytes is found by the column") {
  static graph::graph<8> g{};
  test::graph_builder<8> b;
  const int x = b.input("x", tensor::static_type(s8, 3, 6));
  const int w = b.weight("w", tensor::static_type(s8, 6, 20));
  b.output(b.add<op::matmul_op>({x, w}));
  g = b.build();
  plan::product_stages<8> v(g);
  v.find_constants();
  v.add_source(0);
  v.add_source(1);
  v.pack_at_bind(2);
  v.add_matmul(2);
  const plan::stage& s = v.p.stages[1];
  REQUIRE(s.operands == 3);
  const plan::view& sums = v.p.views[s.first_operand + 2];
  CHECK(sums.start == 8 * 32);
  CHECK(sums[s.rank - 2] == plan::stride{4, 0});
}
