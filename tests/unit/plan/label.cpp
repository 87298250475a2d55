// SPDX-License-Identifier: MIT
// Kernel labels by machine.
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr core::target avx512{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};
constexpr core::target avx2{core::isa::avx2, 8, 16, 32 << 10, 1 << 20};

constexpr auto p = plan::fuse_store(plan::trivial(test::linear_graph(40, 70, 100)));

// The label of the last stage, as a constant.
template <class Plan>
constexpr auto last_label(const Plan& of, const core::target& machine) {
  graph::text_buffer<128> text;
  plan::append_label(text, of, of.stages[of.stages.size - 1], machine);
  return text;
}
static_assert(last_label(p, avx512).view() == "gemm/f32.f32.f32/14x32x70/avx512+add+relu");
static_assert(last_label(p, avx2).view() == "gemm/f32.f32.f32/6x16x70/avx2+add+relu");

// Numbers that need registers of their own, and a matrix unit.
constexpr auto of_bytes = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(s8, 40, 64));
  b.output(b.add<op::matmul_op>({x, b.weight("w", tensor::static_type(s8, 64, 64))}));
  return plan::trivial(b.build());
}();
constexpr core::target with(bool byte_dot, bool tiles) {
  core::target m = avx512;
  m.byte_dot = byte_dot;
  m.tiles = tiles;
  return m;
}
static_assert(last_label(of_bytes, with(true, false)).view() == "gemm/s32.s8.s8/6x64x64/avx512");
static_assert(last_label(of_bytes, with(true, true)).view() == "gemm/s32.s8.s8/32x32x64/amx");

}  // namespace

TEST_CASE("maps are named after their first line, copies are copies") {
  const auto apart = plan::trivial(test::linear_graph(40, 70, 100));
  CHECK(last_label(apart, avx512).view() == "relu/f32.f32/16/avx512");
  CHECK(plan::label(apart, apart.stages[0], avx2) == "copy/f32.f32/8/avx2");
  CHECK(plan::label(apart, apart.stages[1], avx2) == "pack/f32.f32/8/avx2");
}
