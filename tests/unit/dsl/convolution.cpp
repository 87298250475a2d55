// SPDX-License-Identifier: MIT
// Convolutions and pooling.
#include <kiln/dsl/convolution.hpp>
#include <kiln/dsl/dsl.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(1_c, 8_c, 8_c, 4_c);
constexpr auto k = kiln::weight<"k", kiln::f32>(3_c, 3_c, 4_c, 6_c);
constexpr auto s = kiln::input<"s", kiln::f32>(kiln::dim<"b", 4>, kiln::dim<"t", 100>, 4_c);
constexpr auto c = kiln::weight<"c", kiln::f32>(5_c, 4_c, 6_c);
using kiln::tensor::static_type;
template <class E>
constexpr const kiln::tensor::tensor_type& type(const E&) {
  return kiln::dsl::type_of<E>();
}
constexpr auto plain = kiln::conv2d(x, k);
constexpr auto strided = kiln::conv2d<kiln::window{.stride = {2, 2}, .pad = kiln::same}>(x, k);
constexpr auto one = kiln::conv1d<kiln::window1d{.pad = kiln::causal, .dilation = 2}>(s, c);
constexpr auto explicit_pad = kiln::conv1d<kiln::window1d{.pad = {3, 1}}>(s, c);
static_assert(type(plain) == static_type(kiln::f32, 1, 6, 6, 6));
static_assert(type(strided) == static_type(kiln::f32, 1, 4, 4, 6));
static_assert(type(one).rank == 3 && type(one)[1] == type(s)[1] && type(one)[2].factor == 6);
static_assert(type(explicit_pad) == type(one));
static_assert(type(kiln::max_pool<kiln::pool{.size = {2, 2}}>(x))
              == static_type(kiln::f32, 1, 4, 4, 4));
// One number is for both axes.
static_assert(type(kiln::max_pool<kiln::pool{.size = 2}>(x)) == static_type(kiln::f32, 1, 4, 4, 4));
static_assert(type(kiln::conv2d<kiln::window{.stride = 2, .pad = kiln::same}>(x, k))
              == type(strided));
static_assert(type(kiln::max_pool<kiln::pool{2}>(x)) == static_type(kiln::f32, 1, 4, 4, 4));
static_assert(
    type(kiln::avg_pool<kiln::pool{.size = {3, 3}, .stride = {1, 1}, .pad = kiln::same}>(x))
    == static_type(kiln::f32, 1, 8, 8, 4));
static_assert(type(kiln::global_avg_pool(x)) == static_type(kiln::f32, 1, 4));
static_assert(type(kiln::global_max_pool(s)).rank == 2);
static_assert(kiln::dsl::poisoned<decltype(kiln::conv1d(x, c))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::conv1d(s, 2))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::conv2d<kiln::window{.stride = {0, 1}}>(x, k))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::max_pool<kiln::pool{}>(s))>);

// Windows that differ in one number are different functions at run time too.
auto pads(const auto& image) {
  const auto none = kiln::conv2d<kiln::window{}>(image, k);
  const auto same = kiln::conv2d<kiln::window{.pad = {1, 1}}>(image, k);
  return type(none)[1].factor * 100 + type(same)[1].factor;
}

TEST_CASE("a sequence is an image of height 1") {
  CHECK(kiln_test::lowered(one)
        == "input s; reshape 0; weight c; reshape 2; conv2d 1 3; reshape 4 -> y=5");
  const auto g = kiln::dsl::lower(one);
  const auto at = g[4].attributes_of<kiln::op::conv2d_op>();
  CHECK(at.left == 8);
  CHECK(at.right == 0);
  CHECK(at.top == 0);
  CHECK(at.dilation_w == 2);
  CHECK(pads(x) == 608);
}

}  // namespace
