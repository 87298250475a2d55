// SPDX-License-Identifier: MIT
// Tests of op/product_element.hpp.
#include <kiln/op/product_element.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using namespace kiln;
using op::mistake;
using tensor::dtype;

constexpr op::inferred of(dtype x, dtype weights) {
  return op::product_element(tensor::static_type(x, 2), tensor::static_type(weights, 3));
}
constexpr bool gives(dtype x, dtype weights, dtype expected) {
  const op::inferred r = of(x, weights);
  return r.what == mistake::none && r.type.element == expected;
}
constexpr bool is_refused(dtype x, dtype weights, dtype expected, dtype actual) {
  const op::inferred r = of(x, weights);
  return r.what == mistake::wrong_dtype && r.expected.element == expected
         && r.actual.element == actual;
}

static_assert(gives(f32, f32, f32) && gives(bf16, bf16, bf16) && gives(f16, f16, f16));
static_assert(gives(f32, bf16, f32) && gives(bf16, f16, f32) && gives(f16, f32, f32));
static_assert(gives(u8, s8, s32) && gives(s8, s8, s32));
static_assert(is_refused(u8, u8, s8, u8) && is_refused(s8, f32, s8, f32));
static_assert(is_refused(f32, s8, f32, s8) && is_refused(s32, s8, f32, s32));

TEST_CASE("product_element: a mistake tells the operand's shape") {
  CHECK(of(u8, u8).actual == tensor::static_type(u8, 3));
  CHECK(of(s32, s8).expected == tensor::static_type(f32, 2));
}

}  // namespace
