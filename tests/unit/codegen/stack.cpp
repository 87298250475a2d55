// SPDX-License-Identifier: MIT
// Tests kiln/codegen/stack.hpp.
#include <kiln/codegen/stack.hpp>
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;

constexpr auto map_graph = [] {
  test::graph_builder<8> b;
  b.output(b.add<op::relu_op>({b.input("x", tensor::static_type(f32, 4, 8))}));
  return b.build();
}();
constexpr auto matmul_graph = [] {
  test::graph_builder<8> b;
  b.output(b.add<op::matmul_op>({b.input("x", tensor::static_type(f32, 4, 8)),
                                 b.weight("w", tensor::static_type(f32, 8, 8))}));
  return b.build();
}();
constexpr auto bytes_graph = [] {
  test::graph_builder<8> b;
  b.output(b.add<op::matmul_op>({b.input("x", tensor::static_type(u8, 16, 64)),
                                 b.weight("w", tensor::static_type(s8, 64, 8))}));
  return b.build();
}();

constexpr std::size_t of_map = codegen::stack_bytes(plan::schedule(map_graph));
constexpr std::size_t of_matmul = codegen::stack_bytes(plan::schedule(matmul_graph));
constexpr std::size_t of_bytes = codegen::stack_bytes(plan::schedule(bytes_graph));

}  // namespace

TEST_CASE("a matmul may need a tile on the stack, a map does not") {
  const auto tile = tensor::tallest_tile(core::native);
  const auto tile_bytes = static_cast<std::size_t>(tile.mr * tile.nv) * simd::lanes * sizeof(float);
  CHECK(of_map > 0);
  CHECK(of_matmul >= of_map);
  CHECK(of_matmul >= tile_bytes);
  CHECK(of_matmul < 16 * 1024);
}
TEST_CASE("a matmul on the matrix unit keeps its buffers on the stack") {
  CHECK(of_bytes < 48 * 1024);
  if (core::native.tiles) CHECK(of_bytes > of_matmul + 16 * 1024);
}
