// SPDX-License-Identifier: MIT
// Quantised nets as users write them: what runs means what was written.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <support/run_plan.hpp>
#include <support/tolerance.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s32, kiln::s8, kiln::u8;

/// Runs the net and compares with the meaning of the expression before any pass.
template <class Net>
void check() {
  for (const unsigned seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    kiln::test::plan_runner<Net> runner(seed);
    runner.run();
    runner.check();
    const auto expected = kiln::reference::interpret(Net::lowered, runner.given());
    for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
      const auto found = runner.output(o);
      const auto result =
          kiln::test::compare(expected.output(o), [&](std::size_t i) { return found[i]; });
      INFO("output ", o, ": ", result.problem);
      CHECK(result);
      CHECK(result.checked > 0);
    }
  }
}
template <class Net>
constexpr int integer_products() {
  int found = 0;
  for (int i = 0; i < Net::graph.size; ++i) {
    const auto& n = Net::graph[i];
    const auto group = n.facts().group;
    const bool product =
        group == kiln::op::category::contraction || group == kiln::op::category::convolution;
    found += product && n.type.element == s32 ? 1 : 0;
  }
  return found;
}

constexpr auto image = kiln::input<"image", u8>(2_c, 9_c, 8_c, 16_c);
constexpr auto filters = kiln::weight<"filters", s8>(3_c, 3_c, 16_c, 20_c);
constexpr auto filter_scale = kiln::weight<"filter_scale", f32>(20_c);
constexpr auto filter_bias = kiln::weight<"filter_bias", s32>(20_c);
constexpr auto convolved = kiln::conv2d<kiln::window{.pad = kiln::same}>(
    kiln::dequantize(image, 0.02F), kiln::dequantize(filters, kiln::abs(filter_scale)));
constexpr auto with_bias = kiln::relu(convolved + kiln::dequantize(filter_bias, 1e-9F));
constexpr auto convolution = kiln::quantize<u8>(with_bias, 0.25F);
using convolution_net = kiln::compile<convolution>;
static_assert(integer_products<convolution_net>() == 1);

// A border of zeros around an image whose zero is 114.
constexpr auto bordered = kiln::quantize<u8>(
    kiln::relu(kiln::conv2d<kiln::window{.stride = {2, 1}, .pad = kiln::same}>(
        kiln::dequantize(kiln::input<"one", u8>(1_c, 9_c, 8_c, 16_c), 0.02F, 114),
        kiln::dequantize(filters, kiln::abs(filter_scale)))),
    0.25F);
using bordered_net = kiln::compile<bordered>;
static_assert(integer_products<bordered_net>() == 1);
static_assert(bordered_net::groups == 1);

// The same of several images, whose corrections are the same, by weights whose zeros are anything:
// a second convolution sums up what each window sees of the image.
constexpr auto all_zeros = kiln::quantize<u8>(
    kiln::relu(kiln::conv2d<kiln::window{.pad = kiln::same}>(
                   kiln::dequantize(image, 0.02F, 114),
                   kiln::dequantize(kiln::weight<"any", u8>(3_c, 3_c, 16_c, 20_c),
                                    kiln::abs(filter_scale),
                                    kiln::weight<"any_zero", u8>(20_c)))
               + kiln::dequantize(filter_bias, 1e-9F)),
    0.25F,
    3);
using all_zeros_net = kiln::compile<all_zeros>;
static_assert(integer_products<all_zeros_net>() == 2);
constexpr auto bordered_images = kiln::quantize<u8>(
    kiln::relu(kiln::conv2d<kiln::window{.pad = 1}>(
        kiln::dequantize(image, 0.02F, 114), kiln::dequantize(filters, kiln::abs(filter_scale)))),
    0.25F);
using bordered_images_net = kiln::compile<bordered_images>;
static_assert(bordered_images_net::groups == 1);

// A quantised residual: both branches and the sum stay on integers but for registers.
constexpr auto shortcut = kiln::input<"shortcut", s8>(2_c, 9_c, 8_c, 20_c);
constexpr auto residual =
    kiln::quantize<u8>(kiln::relu(convolved + kiln::dequantize(shortcut, 0.1F, -7)), 0.25F, 3);
using residual_net = kiln::compile<residual>;
static_assert(integer_products<residual_net>() == 1);

// A depthwise-separable block: windows of one channel each, then a product at every pixel.
constexpr auto deep = kiln::weight<"deep", s8>(3_c, 3_c, 1_c, 16_c);
constexpr auto deep_scale = kiln::weight<"deep_scale", f32>(16_c);
constexpr auto mixing = kiln::weight<"mixing", u8>(1_c, 1_c, 16_c, 20_c);
constexpr auto by_channel = kiln::quantize<u8>(
    kiln::clip(kiln::conv2d<kiln::window{.pad = kiln::same, .groups = 16}>(
                   kiln::dequantize(image, 0.02F), kiln::dequantize(deep, kiln::abs(deep_scale))),
               0,
               6),
    0.025F);
constexpr auto separable =
    kiln::quantize<s8>(kiln::conv2d(kiln::dequantize(by_channel, 0.025F),
                                    kiln::dequantize(mixing, kiln::abs(filter_scale), 128)),
                       0.3F,
                       2);
using separable_net = kiln::compile<separable>;
static_assert(integer_products<separable_net>() == 2);

// Sequences, whose convolutions are those of images: one with a zero point and a residual, several
// without; a product of an image seen as rows.
constexpr kiln::window1d causal{.pad = kiln::causal};
constexpr auto taps = kiln::dequantize(kiln::weight<"taps", s8>(3_c, 16_c, 16_c),
                                       kiln::abs(kiln::weight<"tap_scale", f32>(16_c)));
constexpr auto tap_bias = kiln::weight<"tap_bias", f32>(16_c);
constexpr auto sequence = kiln::dequantize(kiln::input<"sequence", u8>(1_c, 21_c, 16_c), 0.02F, 3);
constexpr auto with_sequence = kiln::quantize<u8>(
    kiln::relu(kiln::conv1d<causal>(sequence, taps) + tap_bias + sequence), 0.25F);
using sequence_net = kiln::compile<with_sequence>;
constexpr auto sequences = kiln::dequantize(kiln::input<"sequences", s8>(2_c, 21_c, 16_c), 0.02F);
constexpr auto after_sequences =
    kiln::quantize<s8>(kiln::relu(kiln::conv1d<causal>(sequences, taps) + tap_bias), 0.25F);
using sequences_net = kiln::compile<after_sequences>;
constexpr auto flattened =
    kiln::matmul(kiln::reshape(kiln::dequantize(image, 0.02F, 5), 2_c, 1152_c),
                 kiln::dequantize(kiln::weight<"dense", s8>(1152_c, 10_c), 0.01F));
using flattened_net = kiln::compile<flattened>;
static_assert(integer_products<sequence_net>() == 1 && integer_products<sequences_net>() == 1);
static_assert(integer_products<flattened_net>() == 1);
// What follows is in the convolution's registers.
static_assert(sequence_net::groups == 1 && sequences_net::groups == 1);

// Scales of each run: by row and by tensor, unsigned and signed.
constexpr auto x = kiln::input<"x", f32>(11_c, 30_c);
constexpr auto w = kiln::weight<"w", s8>(30_c, 18_c);
constexpr auto w_scale = kiln::weight<"w_scale", f32>(18_c);
constexpr auto columns = kiln::dequantize(w, kiln::abs(w_scale));
constexpr auto by_row = kiln::matmul(kiln::dequantize(kiln::dynamic_quantize<u8, 1>(x)), columns);
constexpr auto by_tensor = kiln::matmul(kiln::dequantize(kiln::dynamic_quantize<u8>(x)), columns);
constexpr auto symmetric =
    kiln::matmul(kiln::dequantize(kiln::dynamic_quantize<s8, 1>(x)), columns);
constexpr auto dynamic =
    kiln::outputs<"by_row", "by_tensor", "symmetric">(by_row, by_tensor, symmetric);
using dynamic_net = kiln::compile<dynamic>;
static_assert(integer_products<dynamic_net>() == 3);

// Weights alone in few bits.
constexpr auto packed = kiln::weight<"packed", u8>(15_c, 18_c);
constexpr auto group_scale = kiln::weight<"group_scale", f32>(3_c, 18_c);
constexpr auto few_bits = kiln::outputs<"four", "eight">(
    kiln::matmul(x, kiln::dequantize_int4<10>(packed, group_scale)),
    kiln::matmul(x, kiln::dequantize_grouped<10>(w, group_scale, 3)));
using few_bits_net = kiln::compile<few_bits>;

// Nothing to multiply: there and back.
constexpr auto there = kiln::quantize<s8, 0>(x, kiln::abs(kiln::weight<"row", f32>(11_c)) + 0.01F);
constexpr auto fake = kiln::outputs<"there", "back">(
    there, kiln::dequantize(kiln::quantize<u8>(x, 0.01F, 100), 0.01F, 100) * 2);
using fake_net = kiln::compile<fake>;

// Attention's products: both sides change with the run.
constexpr auto q = kiln::input<"q", s8>(2_c, 7_c, 16_c);
constexpr auto k = kiln::input<"k", s8>(2_c, 9_c, 16_c);
constexpr auto scores = kiln::softmax(
    kiln::matmul<kiln::transposed::b>(kiln::dequantize(q, 0.02F), kiln::dequantize(k, 0.01F)));
using scores_net = kiln::compile<scores>;
static_assert(integer_products<scores_net>() == 1);

}  // namespace

TEST_CASE("a convolution with a border, a bias of s32") { check<convolution_net>(); }
TEST_CASE("a border around an image with a zero point") { check<bordered_net>(); }
TEST_CASE("a border around several images") { check<bordered_images_net>(); }
TEST_CASE("zero points everywhere") { check<all_zeros_net>(); }
TEST_CASE("a residual") { check<residual_net>(); }
TEST_CASE("depthwise and pointwise") { check<separable_net>(); }
TEST_CASE("a sequence with a residual") { check<sequence_net>(); }
TEST_CASE("several sequences") { check<sequences_net>(); }
TEST_CASE("an image as rows") { check<flattened_net>(); }
TEST_CASE("scales of the run") { check<dynamic_net>(); }
TEST_CASE("weights in few bits") { check<few_bits_net>(); }
TEST_CASE("there and back") { check<fake_net>(); }
TEST_CASE("two inputs") { check<scores_net>(); }
