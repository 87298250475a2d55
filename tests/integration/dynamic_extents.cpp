// SPDX-License-Identifier: MIT
// Tensors of which several extents, up to four, are known at run time only: their memory, strides
// and loops.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32;

constexpr auto batch = kiln::dim<"batch", 3>;
constexpr auto steps = kiln::dim<"steps", 20>;
constexpr auto height = kiln::dim<"height", 9>;
constexpr auto width = kiln::dim<"width", 11>;

// Scores of [batch, steps, steps].
constexpr auto q = kiln::input<"q", f32>(batch, steps, 16_c);
constexpr auto k = kiln::input<"k", f32>(batch, steps, 16_c);
constexpr auto v = kiln::input<"v", f32>(batch, steps, 16_c);
constexpr auto attention =
    kiln::matmul(kiln::softmax(kiln::matmul<kiln::transposed::b>(q, k) * 0.25F), v);

// Images whose bias, activation and gate are the convolution's own.
constexpr auto image = kiln::input<"image", f32>(batch, height, width, 8_c);
constexpr auto filters = kiln::weight<"filters", f32>(3_c, 3_c, 8_c, 8_c);
constexpr auto bias = kiln::weight<"bias", f32>(8_c);
constexpr auto gate = kiln::input<"gate", f32>(batch, 1_c, 1_c, 8_c);
constexpr kiln::window same{.pad = 1};
constexpr auto once = kiln::relu(kiln::conv2d<same>(image, filters) + bias) * gate;
constexpr auto twice = kiln::conv2d<same>(kiln::relu(kiln::conv2d<same>(image, filters)), filters);
constexpr auto pooled = kiln::max_pool<kiln::pool{.size = 3, .stride = 1, .pad = 1}>(image) * bias;

// Parts that begin at a multiple of three extents; three axes as one and back.
constexpr auto joined = kiln::concat<1>(kiln::relu(image), image + 1);
constexpr auto flattened = kiln::softmax(kiln::reshape(
    kiln::matmul(kiln::reshape(image, kiln::rest, 8_c), kiln::weight<"w", f32>(8_c, 8_c)),
    batch,
    height,
    width,
    8_c));
constexpr auto swapped = kiln::transpose<0, 2, 1, 3>(kiln::relu(image)) + bias;

// Four extents, one after the other.
constexpr auto four = kiln::input<"four", f32>(batch, steps, height, width, 8_c);
constexpr auto of_four = kiln::relu(four) + kiln::input<"some", f32>(batch, 1_c, height, 1_c, 8_c);
constexpr auto sums = kiln::reduce_sum<1>(kiln::sigmoid(four)) + image;

template <const auto& Y>
using net = kiln::compile<Y>;
static_assert(net<once>::groups == 1);
static_assert(net<pooled>::groups == 1);

/// Symbols are numbered as a net's expression comes to them.
template <const auto& Y>
void check() {
  using symbols = typename kiln::test::plan_runner<net<Y>>::symbol_values;
  for (const symbols& values : {symbols{1, 1, 1, 1}, {3, 9, 5, 7}, {2, 5, 9, 11}, {3, 4, 3, 2}}) {
    CAPTURE(values[0]);
    kiln::test::check_plan<net<Y>>(1, values);
    kiln::test::check_plan<net<Y>>(2, values);
    kiln::test::check_plan_with_teams<net<Y>>(3, values);
  }
}

}  // namespace

TEST_CASE("attention") { check<attention>(); }
TEST_CASE("a convolution with all that follows") { check<once>(); }
TEST_CASE("two convolutions") { check<twice>(); }
TEST_CASE("a pooling") { check<pooled>(); }
TEST_CASE("one image above the other") { check<joined>(); }
TEST_CASE("three axes as one and back") { check<flattened>(); }
TEST_CASE("lines and pixels change places") { check<swapped>(); }
TEST_CASE("four extents") { check<of_four>(); }
TEST_CASE("four extents become three") { check<sums>(); }
