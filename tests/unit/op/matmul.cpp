// SPDX-License-Identifier: MIT
// Tests of op/matmul.hpp.
#include <kiln/op/matmul.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::matmul_op;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto a = static_type(f32, 4, 8);
constexpr auto b = static_type(f32, 8, 2);
constexpr auto out = static_type(f32, 4, 2);
static_assert(kiln::op::operation<matmul_op>);
static_assert(infer_of<matmul_op>({}, a, b).type == out);
static_assert(infer_of<matmul_op>({1, 0}, static_type(f32, 8, 4), b).type == out);
static_assert(infer_of<matmul_op>({0, 1}, a, static_type(f32, 2, 8)).type == out);
static_assert(infer_of<matmul_op>({}, static_type(f32, 3, 4, 8), b).type
              == static_type(f32, 3, 4, 2));
static_assert(infer_of<matmul_op>({}, static_type(f32, 3, 1, 4, 8), static_type(f32, 5, 8, 2)).type
              == static_type(f32, 3, 5, 4, 2));
static_assert(infer_of<matmul_op>({}, with_axis(a, 0, dynamic(0)), b).type
              == with_axis(out, 0, dynamic(0)));

static_assert(refused(infer_of<matmul_op>({}, a, static_type(f32, 9, 2)),
                      mistake::inner_dimensions_differ,
                      b,
                      static_type(f32, 9, 2)));
static_assert(refused(infer_of<matmul_op>({0, 1}, a, static_type(f32, 2, 9)),
                      mistake::inner_dimensions_differ,
                      static_type(f32, 2, 8),
                      static_type(f32, 2, 9)));
static_assert(infer_of<matmul_op>({}, with_axis(a, 1, dynamic(0)), b).what
              == mistake::inner_dimensions_differ);
static_assert(infer_of<matmul_op>({}, static_type(f32, 8), b).what == mistake::wrong_rank);
static_assert(infer_of<matmul_op>({}, static_type(f32, 8), b).expected.rank == 2);
static_assert(infer_of<matmul_op>({}, a, static_type(f32, 8)).actual == static_type(f32, 8));
static_assert(refused(infer_of<matmul_op>({}, static_type(f32, 3, 4, 8), static_type(f32, 2, 8, 2)),
                      mistake::cannot_broadcast,
                      static_type(f32, 3, 4, 8),
                      static_type(f32, 2, 8, 2)));
static_assert(refused(infer_of<matmul_op>({}, a, static_type(kiln::s8, 8, 2)),
                      mistake::wrong_dtype,
                      b,
                      static_type(kiln::s8, 8, 2)));
static_assert(infer_of<matmul_op>({}, static_type(kiln::bf16, 4, 8), static_type(kiln::bf16, 8, 2))
                  .type.element
              == kiln::bf16);
static_assert(infer_of<matmul_op>({}, static_type(kiln::bf16, 4, 8), b).type.element == f32);

static_assert(infer_of<matmul_op>({}, static_type(kiln::u8, 4, 8), static_type(kiln::s8, 8, 2)).type
              == static_type(kiln::s32, 4, 2));
static_assert(refused(infer_of<matmul_op>({}, static_type(kiln::u8, 4, 8), b),
                      mistake::wrong_dtype,
                      static_type(kiln::s8, 8, 2),
                      b));

TEST_CASE("matmul: a dynamic extent may be on both sides") {
  const auto open = with_axis(a, 0, dynamic(0));
  CHECK(infer_of<matmul_op>({0, 1}, open, open).type[1] == dynamic(0));
  CHECK(infer_of<matmul_op>({1, 0}, open, open).type == static_type(f32, 8, 8));
}

TEST_CASE("matmul: unused extents stay 1, so that equal types compare equal") {
  const auto r = infer_of<matmul_op>({}, static_type(f32, 3, 4, 8), b);
  for (int i = r.type.rank; i < kiln::tensor::max_rank; ++i) CHECK(r.type[i] == kiln::test::dim{});
}

}  // namespace
