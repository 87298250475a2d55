// SPDX-License-Identifier: MIT
// Padding rules.
#include <kiln/dsl/window.hpp>

#include <doctest/doctest.h>

namespace {

using kiln::dsl::pad_axis;
using kiln::op::window;
using kiln::tensor::dim;

constexpr bool gives(const dim& extent, window w, kiln::padding_rule rule, int before, int after) {
  const kiln::dsl::padded p = pad_axis(extent, w, rule);
  w.before = p.before;
  w.after = p.after;
  const auto steps = kiln::op::steps_of(extent, w);
  const bool divides = extent.factor % w.stride == 0;
  const int expected = extent.factor / w.stride + (divides ? 0 : 1);
  return p.before == before && p.after == after && steps.what == kiln::op::mistake::none
         && steps.count.factor == expected && steps.count.symbols == extent.symbols;
}
constexpr dim batch{1, kiln::tensor::product_of(0)};
constexpr dim even{4, kiln::tensor::product_of(0)};
static_assert(gives(dim{8}, {3, 1, 1, 0, 0}, kiln::same, 1, 1));
static_assert(gives(dim{8}, {4, 1, 1, 0, 0}, kiln::same, 1, 2));
static_assert(gives(dim{8}, {3, 2, 1, 0, 0}, kiln::same, 0, 1));
static_assert(gives(dim{7}, {3, 2, 1, 0, 0}, kiln::same, 1, 1));
static_assert(gives(dim{8}, {3, 1, 2, 0, 0}, kiln::same, 2, 2));
static_assert(gives(dim{8}, {1, 2, 1, 0, 0}, kiln::same, 0, 0));
static_assert(gives(batch, {5, 1, 1, 0, 0}, kiln::same, 2, 2));
static_assert(gives(even, {3, 2, 1, 0, 0}, kiln::same, 0, 1));
static_assert(gives(dim{8}, {3, 1, 1, 0, 0}, kiln::causal, 2, 0));
static_assert(gives(dim{8}, {3, 1, 4, 0, 0}, kiln::causal, 8, 0));
static_assert(gives(dim{9}, {3, 2, 1, 0, 0}, kiln::causal, 2, 0));
static_assert(gives(batch, {3, 1, 2, 0, 0}, kiln::causal, 4, 0));

constexpr kiln::window w{.stride = {2, 1}, .pad = {1, 2, 3, 4}, .dilation = {1, 3}, .groups = 2};
constexpr auto at = kiln::dsl::convolution_of(w,
                                              kiln::tensor::static_type(kiln::f32, 1, 8, 8, 4),
                                              kiln::tensor::static_type(kiln::f32, 3, 3, 2, 4));
static_assert(at == kiln::op::conv2d_op::attributes{2, 1, 1, 2, 3, 4, 1, 3, 2});

TEST_CASE("padding is one number, vertical and horizontal, or of four sides") {
  constexpr kiln::window one{.pad = 3};
  CHECK(one.pad.top == 3);
  CHECK(one.pad.left == 3);
  CHECK(one.pad.bottom == 3);
  CHECK(one.pad.right == 3);
  constexpr kiln::window1d both{.pad = 2};
  CHECK(both.pad.before == 2);
  CHECK(both.pad.after == 2);
  constexpr kiln::padding p{1, 2};
  CHECK(p.top == 1);
  CHECK(p.bottom == 1);
  CHECK(p.left == 2);
  CHECK(p.right == 2);
  constexpr auto pooled =
      kiln::dsl::pooling_of({.size = {2, 3}}, kiln::tensor::static_type(kiln::f32, 1, 8, 9, 4));
  CHECK(pooled.stride_h == 2);
  CHECK(pooled.stride_w == 3);
}

}  // namespace
