// SPDX-License-Identifier: MIT
// Convolutions of sequences are those of images that are one line high, and so are the operators
// behind them: in the convolution's registers, and straight into the result.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <support/fused_net.hpp>
#include <support/plan_law.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32;

constexpr auto x = kiln::input<"x", f32>(2_c, 21_c, 16_c);
constexpr auto one = kiln::input<"one", f32>(1_c, 21_c, 16_c);
constexpr auto w = kiln::weight<"w", f32>(3_c, 16_c, 20_c);
constexpr auto v = kiln::weight<"v", f32>(3_c, 16_c, 20_c);
constexpr auto u = kiln::weight<"u", f32>(3_c, 20_c, 16_c);
constexpr auto b = kiln::weight<"b", f32>(20_c);
constexpr kiln::window1d causal{.pad = kiln::causal, .dilation = 2};

constexpr auto alone = kiln::conv1d<causal>(x, w);
constexpr auto activated = kiln::relu(kiln::conv1d<causal>(x, w) + b);
// A gate, and what the gated sequence was made from.
constexpr auto gated = kiln::conv1d<causal>(kiln::tanh(kiln::conv1d<causal>(one, w) + b)
                                                * kiln::sigmoid(kiln::conv1d<causal>(one, v) + b),
                                            u)
                       + one;
constexpr auto per_step =
    kiln::conv1d<causal>(x, w) * kiln::input<"scale", f32>(2_c, 21_c, 1_c) + b;
constexpr auto any_batch = kiln::relu(
    kiln::conv1d<causal>(kiln::input<"x", f32>(kiln::dim<"batch", 5>, 21_c, 16_c), w) + b);
constexpr auto seen = [] {
  const auto c = kiln::conv1d<causal>(x, w) + b;
  return kiln::outputs<"before", "after">(c, kiln::relu(c));
}();
// A product whose rows are a sequence's, for one image.
constexpr auto rows = kiln::relu(kiln::reshape(kiln::matmul(kiln::input<"r", f32>(9_c, 16_c),
                                                            kiln::weight<"m", f32>(16_c, 20_c)),
                                               1_c,
                                               9_c,
                                               20_c)
                                 + b);

template <const auto& Y>
using net = kiln::compile<Y>;

static_assert(kiln::test::stages_of_run<net<alone>>() == 1);
static_assert(kiln::test::stages_of_run<net<activated>>() == 1);
static_assert(kiln::test::stages_of_run<net<gated>>() == 3);
static_assert(kiln::compile<any_batch>::groups == 1);
static_assert(kiln::test::stages_of_run<net<rows>>() == 1);
static_assert(net<activated>::scratch_bytes == net<alone>::scratch_bytes);

template <const auto& Y>
void check() {
  kiln::test::check_emitted_and_interpreted<net<Y>>();
}

}  // namespace

TEST_CASE("one convolution") { check<alone>(); }
TEST_CASE("bias and activation") { check<activated>(); }
TEST_CASE("gates and a residual") { check<gated>(); }
TEST_CASE("a number for each step") { check<per_step>(); }
TEST_CASE("any number of sequences") {
  const auto& p = kiln::compile<any_batch>::plan;
  const auto& g = kiln::compile<any_batch>::graph;
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    const auto in = kiln::test::random_inputs(g, seed);
    const auto expected = kiln::reference::interpret(g, in);
    CHECK(kiln::test::plan_problem(p, g, in, expected, {kiln::reference::storage::placed, seed})
          == "");
  }
}
TEST_CASE("before and after an activation") { check<seen>(); }
TEST_CASE("rows seen as a sequence") { check<rows>(); }
