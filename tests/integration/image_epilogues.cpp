// SPDX-License-Identifier: MIT
// What follows a convolution or a pooling of several images and is not the same from image to image
// as from line to line, in its registers all the same: gates of squeeze and excitation, positions.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/fused_net.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32;

constexpr kiln::window same{.pad = 1};
constexpr auto x = kiln::input<"x", f32>(3_c, 7_c, 9_c, 16_c);
constexpr auto any = kiln::input<"x", f32>(kiln::dim<"batch", 3>, 7_c, 9_c, 16_c);
constexpr auto w = kiln::weight<"w", f32>(3_c, 3_c, 16_c, 20_c);
constexpr auto pointwise = kiln::weight<"w", f32>(1_c, 1_c, 16_c, 20_c);
constexpr auto own = kiln::weight<"w", f32>(3_c, 3_c, 1_c, 16_c);
constexpr auto in_groups = kiln::weight<"w", f32>(3_c, 3_c, 8_c, 20_c);
constexpr auto b = kiln::weight<"b", f32>(20_c);
constexpr auto gate = kiln::input<"gate", f32>(3_c, 1_c, 1_c, 20_c);
constexpr auto any_gate = kiln::input<"gate", f32>(kiln::dim<"batch", 3>, 1_c, 1_c, 20_c);
constexpr auto place = kiln::weight<"place", f32>(1_c, 7_c, 9_c, 20_c);

constexpr auto gated = kiln::relu(kiln::conv2d<same>(x, w) + b) * gate;
constexpr auto placed = kiln::conv2d<same>(x, w) + place;
constexpr auto both = kiln::relu(kiln::conv2d(x, pointwise) * gate + place);
constexpr auto depthwise = kiln::relu(kiln::conv2d<kiln::window{.pad = 1, .groups = 16}>(x, own)
                                      + kiln::input<"shift", f32>(3_c, 1_c, 1_c, 16_c));
constexpr auto grouped = kiln::conv2d<kiln::window{.pad = 1, .groups = 2}>(x, in_groups) * gate;
constexpr auto pooled = kiln::max_pool<kiln::pool{.size = 2, .stride = 1}>(x)
                        + kiln::weight<"rest", f32>(1_c, 6_c, 8_c, 16_c);
constexpr auto any_batch = kiln::conv2d<same>(any, w) * any_gate + place;
// Channels that are neighbours, of bytes: on the matrix unit where there is one.
constexpr auto bytes = kiln::input<"x", kiln::u8>(2_c, 8_c, 16_c, 64_c);
constexpr auto small = kiln::weight<"w", kiln::s8>(3_c, 3_c, 64_c, 48_c);
constexpr auto scaled = kiln::cast<f32>(kiln::conv2d<same>(bytes, small))
                            * kiln::input<"scale", f32>(2_c, 1_c, 1_c, 48_c)
                        + kiln::weight<"place", f32>(1_c, 8_c, 16_c, 48_c);
constexpr auto tiny = kiln::conv2d<same>(kiln::input<"x", f32>(3_c, 3_c, 3_c, 16_c), w) * gate;

template <const auto& Y>
using net = kiln::compile<Y>;

static_assert(kiln::test::stages_of_run<net<gated>>() == 1);
static_assert(kiln::test::stages_of_run<net<placed>>() == 1);
static_assert(kiln::test::stages_of_run<net<both>>() == 1);
static_assert(kiln::test::stages_of_run<net<depthwise>>() == 1);
static_assert(kiln::test::stages_of_run<net<grouped>>() == 1);
static_assert(kiln::test::stages_of_run<net<pooled>>() == 1);
static_assert(kiln::test::stages_of_run<net<any_batch>>() == 1);
static_assert(kiln::test::stages_of_run<net<scaled>>() == 1);
static_assert(kiln::test::stages_of_run<net<tiny>>() == 2,
              "images of 9 pixels would be tiles of 9 rows");

template <const auto& Y>
void check() {
  kiln::test::check_emitted_and_interpreted<net<Y>>();
}

}  // namespace

TEST_CASE("a gate of each image") { check<gated>(); }
TEST_CASE("a number for each place of an image") { check<placed>(); }
TEST_CASE("both behind a product of pixels") { check<both>(); }
TEST_CASE("channels of their own") { check<depthwise>(); }
TEST_CASE("any number of images") {
  check<any_batch>();
  kiln::test::check_plan<net<any_batch>>(4, {3});
  kiln::test::check_plan_with_teams<net<any_batch>>(5, {2});
}
TEST_CASE("groups of channels") { check<grouped>(); }
TEST_CASE("behind a pooling") { check<pooled>(); }
TEST_CASE("bytes with a scale of each image") { check<scaled>(); }
TEST_CASE("tiny images") { check<tiny>(); }
