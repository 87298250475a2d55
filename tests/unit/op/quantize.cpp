// SPDX-License-Identifier: MIT
// Tests of op/quantize.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/quantize.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using namespace kiln;
using op::mistake, op::quantize_op;
using tensor::static_type;
using test::check_meaning;
using test::inf;
using test::nan;

constexpr op::inferred infer(const op::tensor_type& x,
                             const op::tensor_type& scale,
                             const op::tensor_type& zero) {
  const op::tensor_type all[] = {x, scale, zero};
  return quantize_op::infer({}, {all, 3});
}
static_assert(op::operation<quantize_op> && quantize_op::name == "quantize");
static_assert(infer(static_type(f32, 2, 3), static_type(f32), static_type(u8)).type
              == static_type(f32, 2, 3));
static_assert(infer(static_type(bf16, 2, 3), static_type(f32, 3), static_type(s32, 2, 1)).type
              == static_type(f32, 2, 3));
static_assert(infer(static_type(u8, 2), static_type(f32), static_type(u8)).what
              == mistake::wrong_dtype);
static_assert(infer(static_type(f32, 2), static_type(u8), static_type(u8)).what
              == mistake::wrong_dtype);
static_assert(infer(static_type(f32, 2, 3), static_type(f32, 2), static_type(u8)).what
              == mistake::cannot_broadcast);
static_assert(infer(static_type(f32, 2, 3), static_type(f32), static_type(u8, 4)).what
              == mistake::cannot_broadcast);
static_assert(infer(static_type(f32, 3), static_type(f32, 2, 3), static_type(u8)).what
              == mistake::cannot_broadcast);  // it would enlarge x

TEST_CASE("quantize: rounds halves to even, then adds the zero point") {
  check_meaning<quantize_op>(4.0, 3.0, 0.75, 0.0);
  check_meaning<quantize_op>(2.0, 0.5, 0.25, 0.0);
  check_meaning<quantize_op>(1.0, 0.5, 1.0, 1.0);  // 0 + 1, not the even neighbour of 1.5
  check_meaning<quantize_op>(129.0, 0.75, 0.5, 127.0);
  check_meaning<quantize_op>(-inf, -inf, 0.5, 3.0);
  check_meaning<quantize_op>(nan, nan, 1.0, 0.0);
}

}  // namespace
