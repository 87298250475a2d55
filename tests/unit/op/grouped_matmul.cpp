// SPDX-License-Identifier: MIT
// Tests of op/grouped_matmul.hpp.
#include <kiln/op/grouped_matmul.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f16, kiln::f32, kiln::s8, kiln::u8;
using kiln::op::grouped_matmul_op;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::static_type;

constexpr grouped_matmul_op::attributes four{4, 16};
constexpr auto a = static_type(f32, 5, 32);
constexpr auto w = static_type(u8, 16, 7);
constexpr auto scale = static_type(f16, 2, 7);
constexpr auto number = static_type(f32);
static_assert(kiln::op::operation<grouped_matmul_op>);
static_assert(grouped_matmul_op::together(four) == 8);
static_assert(infer_of<grouped_matmul_op>(four, a, w, scale, number).type
              == static_type(f32, 5, 7));
static_assert(infer_of<grouped_matmul_op>(four, static_type(f32, 3, 5, 32), w, scale, scale).type
              == static_type(f32, 3, 5, 7));
static_assert(infer_of<grouped_matmul_op>({8, 16}, a, static_type(u8, 32, 7), scale, number).type
              == static_type(f32, 5, 7));

constexpr auto wrong(const auto& attributes, const auto&... operands) {
  return infer_of<grouped_matmul_op>(attributes, operands...).what;
}
static_assert(wrong(four, static_type(f32, 32), w, scale, number) == mistake::wrong_rank);
static_assert(wrong(four, static_type(f16, 5, 32), w, scale, number) == mistake::wrong_dtype);
static_assert(wrong(four, a, static_type(s8, 16, 7), scale, number) == mistake::wrong_dtype);
static_assert(wrong(four, static_type(f32, 5, 16), w, scale, number)
              == mistake::inner_dimensions_differ);
static_assert(wrong(grouped_matmul_op::attributes{4, 12}, a, w, scale, number)
              == mistake::wrong_size);  // 12 do not divide 32
static_assert(wrong(grouped_matmul_op::attributes{4, 4}, a, w, static_type(f32, 8, 7), number)
              == mistake::wrong_size);  // half a word
static_assert(wrong(four, a, w, static_type(f32, 3, 7), number) == mistake::wrong_size);
static_assert(wrong(four, a, w, static_type(u8, 2, 7), number) == mistake::wrong_dtype);
static_assert(wrong(four, a, w, scale, static_type(f32, 7)) == mistake::wrong_size);

}  // namespace

TEST_CASE("grouped_matmul: the rules above hold when compiled") { CHECK(four.bits == 4); }
