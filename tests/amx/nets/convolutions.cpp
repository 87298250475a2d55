// SPDX-License-Identifier: MIT
// Quantised convolutions and those of bf16 on interpreted tiles: padding, strides, few channels and
// what follows them.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/bound_net.hpp>
#include <support/interpreted_nets.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::bf16, kiln::f32, kiln::s8, kiln::u8;
using kiln::test::problem_of;
using kiln::test::tile_products;

// Steps are powers of two, so that floats hold every number: what comes out is what is meant.
constexpr kiln::window same{.pad = kiln::same};
constexpr kiln::window halving{.stride = {2, 2}, .pad = kiln::same};
constexpr float step = 0x1p-6F, step_1 = 0x1p-1F, step_2 = 0x1p1F;
constexpr auto image = kiln::input<"x", u8>(2_c, 9_c, 8_c, 32_c);
constexpr auto w1 = kiln::dequantize(kiln::weight<"w1", s8>(3_c, 3_c, 32_c, 48_c), step);
constexpr auto w2 = kiln::dequantize(kiln::weight<"w2", s8>(3_c, 3_c, 48_c, 33_c), step);
constexpr auto w3 = kiln::dequantize(kiln::weight<"w3", s8>(1_c, 1_c, 33_c, 20_c), step);
constexpr auto c1 = kiln::quantize<u8>(
    kiln::relu(kiln::conv2d<same>(kiln::dequantize(image, step, 117), w1)), step_1);
constexpr auto c2 =
    kiln::quantize<s8>(kiln::conv2d<halving>(kiln::dequantize(c1, step_1), w2), step_2, -5);
constexpr auto c3 = kiln::conv2d(kiln::dequantize(c2, step_2, -5), w3);
using bytes_net = kiln::compile<c3>;

// Three channels: lines of a step side by side.
constexpr kiln::window first{.stride = {2, 2}, .pad = kiln::same};
constexpr auto photo = kiln::input<"x", u8>(1_c, 19_c, 33_c, 3_c);
constexpr auto lens = kiln::dequantize(kiln::weight<"w", s8>(7_c, 7_c, 3_c, 40_c), step);
constexpr auto seen = kiln::conv2d<first>(kiln::dequantize(photo, step, 3), lens);
using stacked_net = kiln::compile<seen>;

constexpr auto pairs = kiln::input<"x", bf16>(1_c, 9_c, 17_c, 40_c);
constexpr auto filters = kiln::weight<"w", bf16>(3_c, 3_c, 40_c, 33_c);
constexpr auto bias = kiln::weight<"b", f32>(33_c);
constexpr auto map = kiln::relu(kiln::cast<f32>(kiln::conv2d<same>(pairs, filters)) + bias);
constexpr auto pooled = kiln::max_pool<kiln::pool{.size = {2, 2}}>(map);
using pairs_net = kiln::compile<pooled>;

// Products of tiles of one image: so many lines of results with `distance` places from one to the
// next, padding included, and steps over runs of k of so many bytes.
constexpr long products(long lines, long distance, long columns, long runs, long run_bytes) {
  return runs * tile_products(lines * distance - 1, columns, run_bytes);
}

}  // namespace

TEST_CASE("three convolutions of bytes are exact") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<bytes_net, "x"> net(1);
  static_cast<void>(kiln::test::take_interpreted());
  CHECK(net.run(0) == net.meaning(0).value);
  // The taps of a row are one run of k, but for every other pixel; the last one is a product.
  const long images = products(9, 9, 48, 3, 3 * 32) + products(5, 5, 33, 9, 48);
  CHECK(kiln::test::take_interpreted().dots == 2 * images + tile_products(2 * 5 * 4, 20, 33));
}

TEST_CASE("a convolution of few channels is exact") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<stacked_net, "x"> net(2);
  static_cast<void>(kiln::test::take_interpreted());
  CHECK(net.run(0) == net.meaning(0).value);
  // Two lines of the filter side by side in a step.
  CHECK(kiln::test::take_interpreted().dots == products(10, 18, 40, 4, 2 * 7 * 3));
}

TEST_CASE("a convolution of bf16 stays within its bounds") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<pairs_net, "x"> net(3);
  static_cast<void>(kiln::test::take_interpreted());
  CHECK(problem_of(net.meaning(0), net.run(0)) == "");
  CHECK(kiln::test::take_interpreted().dots == products(9, 18, 33, 3, 3 * 40 * 2));
}
