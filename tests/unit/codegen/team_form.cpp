// SPDX-License-Identifier: MIT
// Which stages of a loop that threads share need code of their own.
#include <kiln/codegen/team_form.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using test::shape;

constexpr auto graph = [] {
  test::graph_builder<40> b;
  const int x = b.input("x", shape(128, 9));
  const int w = b.weight("w", shape(9, 32));
  const int v = b.weight("v", shape(32, 20));
  const int h = b.add<op::relu_op>({b.add<op::matmul_op>({x, w})});
  b.output(b.add<op::softmax_op>({b.add<op::matmul_op>({h, v})}, {1}));
  return b.build();
}();
// Two blocks of rows.
constexpr auto chain = [] {
  auto p = plan::fuse_store(plan::trivial(graph));
  const auto rows = p.loops.push({plan::role::parallel, {128}, 64});
  for (int g = p.prepare_groups; g < p.groups.size; ++g) {
    p.stages[p.items[p.groups[g].first].index].slices[0].loop = static_cast<std::int8_t>(rows);
  }
  return p;
}();

constexpr int stage_of(plan::anchor kind) {
  for (int i = 0; i < chain.stages.size; ++i) {
    if (chain.stages[i].kind == kind && chain.stages[i].slices[0].loop >= 0) return i;
  }
  return -1;
}
constexpr auto serial(plan::anchor kind) { return codegen::form_of(chain, graph, stage_of(kind)); }
constexpr auto shared(plan::anchor kind, int grain, int axis = 0) {
  auto p = chain;
  p.loops[0].grain = grain;
  p.stages[stage_of(kind)].slices[0].axis = static_cast<std::int8_t>(axis);
  return codegen::team_form(p, stage_of(kind), 0, serial(kind));
}
using plan::anchor;
static_assert(!serial(anchor::matmul).ragged && serial(anchor::matmul).product.rows_high > 0);

// Rows may be any number; the height of the usual step stays known.
static_assert(shared(anchor::matmul, 1).ragged);
static_assert(shared(anchor::matmul, 1).product == serial(anchor::matmul).product);
static_assert(shared(anchor::matmul, 1).rest_high == 0 && shared(anchor::matmul, 1).rest_low == 0);
// Where one step is all rows, two threads take half of it each.
constexpr auto in_one_step = [] {
  auto p = chain;
  p.loops[0].step = 128;
  constexpr int s = stage_of(anchor::matmul);
  return codegen::team_form(p, s, 0, codegen::form_of(p, graph, s));
}();
static_assert(in_one_step.ragged && in_one_step.product == serial(anchor::matmul).product);
// A tile for those halves, where another one is better for them.
template <int Rows>
constexpr auto halves_of() {
  auto p = chain;
  constexpr int place = stage_of(anchor::matmul);
  p.loops[0].step = p.loops[0].extent.factor = Rows;
  p.stages[place].extents[0].factor = Rows;
  p.stages[place].extents[1].factor = 256;
  p.stages[place].extents[2].factor = 512;
  return codegen::team_form(p, place, 0, codegen::form_of(p, graph, place));
}
constexpr tensor::tile tile_of(int rows) {
  constexpr tensor::factors floats{tensor::dtype::f32, tensor::dtype::f32};
  return tensor::product_tile(core::native, floats, rows, 256, 512);
}
static_assert(halves_of<32>().product.block == tile_of(16));
static_assert(halves_of<32>().product.rows_high == tensor::row_split(16, tile_of(16).mr).height(0));
static_assert(halves_of<8>().product.block == tile_of(8), "few rows keep theirs");
// Whole steps: nothing is new.
static_assert(!shared(anchor::matmul, 64).ragged);
static_assert(!shared(anchor::matmul, 128).ragged);
// Columns may be any number.
static_assert(shared(anchor::matmul, 17, 1).product.tail_packs == kernel::gemm::any_tail);
static_assert(shared(anchor::matmul, 17, 1).product.full_columns == 1);
static_assert(!shared(anchor::matmul, 17, 1).ragged);
// Unless all are whole blocks: here of two packs, three of them a thread.
constexpr int packs = static_cast<int>(simd::lanes);
constexpr auto by_columns(int columns, int grain) {
  auto p = chain;
  constexpr int place = stage_of(anchor::matmul);
  p.stages[place].slices[0].axis = 1;
  p.stages[place].extents[1].factor = columns;
  p.loops[0].step = columns;
  p.loops[0].grain = grain;
  codegen::stage_form f = serial(anchor::matmul);
  f.product = kernel::gemm::configure({4, 2}, kernel::gemm::a_form::k_contiguous, 4, 9, columns);
  return codegen::team_form(p, place, 0, f);
}
static_assert(by_columns(16 * packs, 6 * packs).product.tail_packs == 0);
static_assert(by_columns(16 * packs, 3 * packs).product.tail_packs == kernel::gemm::any_tail);
static_assert(by_columns(16 * packs + 1, 6 * packs).product.tail_packs == kernel::gemm::any_tail);
// Lines of one image: tiles of two lines may end with one of one, those of more lines have one.
constexpr auto by_lines(int high, int low) {
  auto p = chain;
  constexpr int place = stage_of(anchor::matmul);
  p.stages[place].slices[0].axis = 1;
  codegen::stage_form f = serial(anchor::matmul);
  f.kind = anchor::convolution;
  f.way = codegen::convolution_way::packed;
  f.packed.lines_high = high;
  f.packed.lines_low = low;
  return codegen::team_form(p, place, 0, f).packed;
}
static_assert(by_lines(1, 0).lines_high == 1 && by_lines(1, 0).lines_low == 0);
static_assert(by_lines(2, 0).lines_high == 2 && by_lines(2, 0).lines_low == 1);
static_assert(by_lines(3, 2).lines_high == 1 && by_lines(3, 2).lines_low == 0);
// Other stages take their extents at run time.
static_assert(!shared(anchor::row, 1).ragged);

}  // namespace

TEST_CASE("a loop that is not shared changes nothing") {
  const codegen::stage_form f =
      codegen::team_form(chain, stage_of(anchor::matmul), 1, serial(anchor::matmul));
  CHECK_FALSE(f.ragged);
  CHECK(f.product == serial(anchor::matmul).product);
}
