// SPDX-License-Identifier: MIT
// Tests kiln/plan/convolution_stages.hpp: what is packed, made dense, or given room for lines.
#include <kiln/plan/convolution_stages.hpp>
#include <kiln/plan/facts.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/convolutions.hpp>

namespace {

using namespace kiln;
using plan::anchor, plan::layout, plan::place;
using test::convolution_case;

template <tensor::dtype X, tensor::dtype W, convolution_case C>
constexpr auto trivial = plan::trivial(test::convolution<X, W, C>::make());

/// The convolution of a plan, and operand k of it.
template <class Plan>
constexpr const plan::stage& convolution_of(const Plan& p) {
  for (int i = 0; i < p.stages.size; ++i) {
    if (p.stages[i].kind == anchor::convolution) return p.stages[i];
  }
  return p.stages[0];
}
template <class Plan>
constexpr const plan::placed_tensor& operand(const Plan& p, int k) {
  return p.tensors[p.views[convolution_of(p).first_operand + k].tensor];
}
template <class Plan>
constexpr int packs_in_run(const Plan& p) {
  int n = 0;
  for (int g = p.prepare_groups; g < p.groups.size; ++g) {
    plan::detail::for_each_stage(p, g, [&](const auto& s) { n += s.kind == anchor::pack ? 1 : 0; });
  }
  return n;
}

constexpr auto padded = trivial<f32, f32, test::small_3x3>;
static_assert(operand(padded, 1).form == layout::filters && operand(padded, 1).at == place::packed);
static_assert(operand(padded, 1).bytes == 32 * 3 * 3 * 5 * 4);
static_assert(convolution_of(padded).operands == 3 && operand(padded, 2).at == place::block);
static_assert(packs_in_run(padded) == 0);

constexpr auto plain = trivial<f32, f32, test::one_by_one>;
static_assert(convolution_of(plain).operands == 2);

constexpr auto in_run = trivial<f32, f32, test::run_time_filters>;
static_assert(packs_in_run(in_run) == 1 && operand(in_run, 1).at == place::block);

constexpr auto unpacked = trivial<f32, f32, test::depthwise_3x3>;
static_assert(operand(unpacked, 1).form == layout::rows && convolution_of(unpacked).operands == 2);
static_assert(operand(trivial<u8, s8, test::depthwise_9x9>, 1).form == layout::filters);

// Words of four bytes, and a correction for every filter.
constexpr auto integers = plan::trivial(test::convolution<s8, s8, test::small_3x3>::make(), [] {
  core::target machine = core::native;
  machine.tiles = false;
  return machine;
}());
static_assert(operand(integers, 1).depth == 4);
static_assert(operand(integers, 1).bytes == 32 * 3 * 3 * 8 + (32 + 16) * 4);

constexpr auto seen_transposed = trivial<f32, f32, test::channels_first>;
static_assert(operand(seen_transposed, 0).at == place::shared);  // a dense copy
static_assert(operand(padded, 0).at == place::argument);

}  // namespace

TEST_CASE("room for lines is at most half of the second cache, or one tile's lines") {
  constexpr convolution_case large{
      .h = 300, .w = 300, .c = 64, .f = 16, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 1}};
  constexpr auto p = trivial<f32, f32, large>;
  CHECK(operand(p, 2).bytes <= core::native.l2_bytes / 2);
  CHECK(operand(p, 2).bytes > core::native.l2_bytes / 4);
}

TEST_CASE("a machine with a matrix unit gets tiles where they pay, and room for their lines") {
  core::target machine = core::native;
  machine.tiles = true;
  machine.lanes = 16;
  const auto deep = plan::trivial(test::convolution<s8, s8, test::deep_3x3>::make(), machine);
  CHECK(convolution_of(deep).tile == tensor::matrix_tile);
  // Lines of 7 pixels and one of padding, which ends one line and begins the next.
  CHECK(operand(deep, 2).bytes == (9 * 8 + 1) * 128);
  CHECK(plan::label(deep, convolution_of(deep), machine) == "conv2d/s32.s8.s8/16/amx");
  const auto inside = plan::trivial(test::convolution<u8, s8, test::unpadded>::make(), machine);
  CHECK(convolution_of(inside).tile == tensor::matrix_tile);
  CHECK(convolution_of(inside).operands == 3);  // only run knows how far its pixels lie apart
  const auto small = plan::trivial(test::convolution<u8, s8, test::small_3x3>::make(), machine);
  CHECK(convolution_of(small).tile == tensor::matrix_tile);
  // Lines of 11 pixels and one of padding; what a run reads behind the last one.
  CHECK(operand(small, 1).bytes == 32 * 3 * 16 + (32 + 16) * 4);
  CHECK(operand(small, 2).bytes == (11 * 12 + 10 + 4 - 12) * 5);
  const auto odd = plan::trivial(test::convolution<u8, s8, test::one_by_one>::make(), machine);
  CHECK(convolution_of(odd).tile == tensor::tile{});
  machine.tiles = false;
  const auto vectors = plan::trivial(test::convolution<s8, s8, test::deep_3x3>::make(), machine);
  CHECK(convolution_of(vectors).tile == tensor::tile{});
}

// Within the steps that compilers allow a constant expression: windows of very many taps.
constexpr convolution_case many_taps{
    .h = 1, .w = 16000, .c = 1, .f = 64, .s = 1024, .at = {1, 256, 0, 0, 0, 0, 1, 1, 1}};
static_assert(convolution_of(trivial<f32, f32, many_taps>).kind == anchor::convolution);
// On a matrix unit lines would be planes, as many as the step across, which takes longer.
constexpr convolution_case wide_steps{
    .h = 1, .w = 65536, .c = 1, .f = 16, .s = 1024, .at = {1, 512, 0, 0, 0, 0, 1, 1, 1}};
constexpr core::target with_tiles = [] {
  core::target machine = core::native;
  machine.tiles = true;
  machine.lanes = 16;
  return machine;
}();
constexpr auto wide = plan::trivial(test::convolution<bf16, bf16, wide_steps>::make(), with_tiles);
static_assert(convolution_of(wide).tile == tensor::tile{});

TEST_CASE("another machine's second cache takes more lines") {
  constexpr convolution_case large{
      .h = 300, .w = 300, .c = 64, .f = 16, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 1}};
  constexpr auto graph = test::convolution<f32, f32, large>::make();
  for (const int l2_bytes : {1024 * 1024, 4096 * 1024}) {
    core::target machine = core::native;
    machine.l2_bytes = l2_bytes;
    const auto p = plan::trivial(graph, machine);
    CHECK(operand(p, 2).bytes <= l2_bytes / 2);
    CHECK(operand(p, 2).bytes > l2_bytes / 4);
  }
}
