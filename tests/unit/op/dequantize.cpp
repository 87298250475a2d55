// SPDX-License-Identifier: MIT
// Tests of op/dequantize.hpp: its shape rule and its meaning in f64 and f32.
#include <kiln/op/dequantize.hpp>

#include <support/elementwise_meaning.hpp>

namespace {

using namespace kiln;
using op::dequantize_op, op::mistake;
using tensor::static_type;
using test::check_meaning;

constexpr op::inferred infer(const op::tensor_type& x,
                             const op::tensor_type& scale,
                             const op::tensor_type& zero) {
  const op::tensor_type all[] = {x, scale, zero};
  return dequantize_op::infer({}, {all, 3});
}
static_assert(op::operation<dequantize_op> && dequantize_op::name == "dequantize");
static_assert(infer(static_type(u8, 2, 3), static_type(f32), static_type(u8)).type
              == static_type(f32, 2, 3));
static_assert(infer(static_type(s32, 3), static_type(f32, 3), static_type(f32)).type
              == static_type(f32, 3));
static_assert(infer(static_type(f32, 2), static_type(f32), static_type(u8)).what
              == mistake::wrong_dtype);
static_assert(infer(static_type(s8, 2), static_type(s8), static_type(s8)).what
              == mistake::wrong_dtype);
static_assert(infer(static_type(s8, 2, 3), static_type(f32, 2), static_type(s8)).what
              == mistake::cannot_broadcast);
static_assert(infer(static_type(s8, 3), static_type(f32), static_type(s8, 2, 3)).what
              == mistake::cannot_broadcast);

TEST_CASE("dequantize: the difference to the zero point, scaled") {
  check_meaning<dequantize_op>(-0.5, 3.0, 0.25, 5.0);
  check_meaning<dequantize_op>(127.5, 255.0, 0.5, 0.0);
  check_meaning<dequantize_op>(0.0, -128.0, 1e30, -128.0);
}

}  // namespace
