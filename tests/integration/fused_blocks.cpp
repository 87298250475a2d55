// SPDX-License-Identifier: MIT
// Blocks of transformers and rankers are one group each: nothing between two layers is in memory,
// for fixed and for dynamic batches; what the caller wants to see is written all the same.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <support/plan_law.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::weight;

constexpr auto fixed = kiln::input<"x", kiln::f32>(72_c, 40_c);
constexpr auto dynamic = kiln::input<"x", kiln::f32>(kiln::dim<"tokens", 150>, 40_c);

// Norm, two products with a gelu between them, residual.
constexpr auto gpt = [](const auto& x) {
  const auto h = kiln::layer_norm(
      x, weight<"scale", kiln::f32>(40_c), weight<"shift", kiln::f32>(40_c), 1e-5F);
  const auto up = kiln::gelu(kiln::matmul(h, weight<"w1", kiln::f32>(40_c, 100_c))
                             + weight<"b1", kiln::f32>(100_c));
  return kiln::matmul(up, weight<"w2", kiln::f32>(100_c, 40_c)) + weight<"b2", kiln::f32>(40_c) + x;
};
// Products first, norm of the sum behind them.
constexpr auto post_norm = [](const auto& x) {
  const auto up = kiln::gelu_tanh(kiln::matmul(x, weight<"w1", kiln::f32>(40_c, 100_c)));
  const auto down = kiln::matmul(up, weight<"w2", kiln::f32>(100_c, 40_c));
  return kiln::layer_norm(
      down + x, weight<"scale", kiln::f32>(40_c), weight<"shift", kiln::f32>(40_c), 1e-5F);
};
// Two products of one left-hand side, of which one gates the other.
constexpr auto llama = [](const auto& x) {
  const auto h = kiln::rms_norm(x, weight<"scale", kiln::f32>(40_c), 1e-6F);
  const auto gate = kiln::silu(kiln::matmul(h, weight<"w1", kiln::f32>(40_c, 96_c)));
  const auto up = kiln::matmul(h, weight<"w2", kiln::f32>(40_c, 96_c));
  return kiln::matmul(gate * up, weight<"w3", kiln::f32>(96_c, 40_c)) + x;
};
// Bottom half of a ranker with a softmax at its end.
constexpr auto deep = [](const auto& x) {
  const auto a = kiln::relu(kiln::matmul(x, weight<"w1", kiln::f32>(40_c, 70_c)));
  const auto b = kiln::relu(kiln::matmul(a, weight<"w2", kiln::f32>(70_c, 33_c)));
  const auto c = kiln::tanh(kiln::matmul(b, weight<"w3", kiln::f32>(33_c, 64_c)));
  const auto d = kiln::relu(kiln::matmul(c, weight<"w4", kiln::f32>(64_c, 64_c)) + c);
  return kiln::softmax(kiln::matmul(d, weight<"w5", kiln::f32>(64_c, 10_c)));
};
constexpr auto heads = [](const auto& x) {
  const auto h = kiln::rms_norm(x, weight<"scale", kiln::f32>(40_c), 1e-6F);
  return kiln::outputs<"q", "k", "v">(kiln::matmul(h, weight<"wq", kiln::f32>(40_c, 40_c)),
                                      kiln::matmul(h, weight<"wk", kiln::f32>(40_c, 20_c)),
                                      kiln::matmul(h, weight<"wv", kiln::f32>(40_c, 20_c)));
};
constexpr auto observed = [](const auto& x) {
  const auto a = kiln::relu(kiln::matmul(x, weight<"w1", kiln::f32>(40_c, 70_c)));
  const auto b = kiln::sigmoid(kiln::matmul(a, weight<"w2", kiln::f32>(70_c, 33_c)));
  return kiln::outputs<"middle", "end">(a, b);
};
// What a layer hands to the next one is stored in the element that the next one reads.
constexpr auto short_middle = [](const auto& x) {
  const auto a =
      kiln::cast<kiln::bf16>(kiln::relu(kiln::matmul(x, weight<"w1", kiln::f32>(40_c, 70_c))));
  return kiln::matmul(a, weight<"w2", kiln::bf16>(70_c, 33_c));
};

template <const auto& Block, bool Dynamic>
constexpr auto made = Block(dynamic);
template <const auto& Block>
constexpr auto made<Block, false> = Block(fixed);

template <const auto& Block, bool Dynamic>
using net_of = kiln::compile<made<Block, Dynamic>>;

// Tensors of block scratch that are written by a product.
template <class Plan>
bool has_block_of(const Plan& p, kiln::tensor::dtype element) {
  for (int t = 0; t < p.tensors.size; ++t) {
    if (p.tensors[t].at == kiln::plan::place::block && p.tensors[t].type.element == element) {
      return true;
    }
  }
  return false;
}

template <const auto& Block>
void check_block() {
  using static_net = net_of<Block, false>;
  using dynamic_net = net_of<Block, true>;
  static_assert(static_net::groups == 1 && static_net::materialized == 0);
  static_assert(dynamic_net::groups == 1 && dynamic_net::materialized == 0);
  kiln::test::check_plan<static_net>(1);
  kiln::test::check_plan<static_net>(2);
  const auto& g = dynamic_net::graph;
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    const auto in = kiln::test::random_inputs(g, seed);
    const auto expected = kiln::reference::interpret(g, in);
    CHECK(kiln::test::plan_problem(dynamic_net::plan,
                                   g,
                                   in,
                                   expected,
                                   {kiln::reference::storage::placed, seed},
                                   kiln::test::closeness::within_bounds)
          == "");
  }
}

}  // namespace

TEST_CASE("layer norm, gelu, residual") { check_block<gpt>(); }
TEST_CASE("residual, then layer norm") { check_block<post_norm>(); }
TEST_CASE("RMS norm, gate and up, down, residual") { check_block<llama>(); }
TEST_CASE("five layers with a shortcut and a softmax") { check_block<deep>(); }
TEST_CASE("queries, keys and values from one norm") { check_block<heads>(); }
TEST_CASE("an intermediate result is one of the results") { check_block<observed>(); }
TEST_CASE("bf16 between two layers") {
  check_block<short_middle>();
  CHECK(has_block_of(net_of<short_middle, false>::plan, kiln::bf16));
  // A machine that does not multiply pairs of bf16 widens each row once.
  constexpr bool pairs = kiln::core::native.pair_dot || kiln::core::native.tiles;
  CHECK(has_block_of(net_of<short_middle, false>::plan, kiln::f32) == !pairs);
}
