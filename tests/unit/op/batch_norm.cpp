// SPDX-License-Identifier: MIT
// Tests of op/batch_norm.hpp.
#include <kiln/op/batch_norm.hpp>

#include <support/elementwise_meaning.hpp>
#include <support/shape_rule.hpp>

namespace {

using kiln::f32;
using kiln::op::batch_norm_op;
using kiln::test::check_meaning;
using kiln::test::dynamic;
using kiln::test::infer_of;
using kiln::test::mistake;
using kiln::test::refused;
using kiln::test::static_type;
using kiln::test::with_axis;

constexpr auto images = static_type(f32, 2, 5, 5, 3);
constexpr auto c = static_type(f32, 3);
constexpr auto scalar = static_type(f32);
static_assert(infer_of<batch_norm_op>({}, images, c, c, c, c, scalar).type == images);
static_assert(infer_of<batch_norm_op>({}, images, scalar, c, c, c, scalar).type == images);
static_assert(infer_of<batch_norm_op>({}, with_axis(images, 0, dynamic(0)), c, c, c, c, scalar).type
              == with_axis(images, 0, dynamic(0)));
static_assert(refused(infer_of<batch_norm_op>({}, images, static_type(f32, 4), c, c, c, scalar),
                      mistake::cannot_broadcast,
                      images,
                      static_type(f32, 4)));
// A statistic must not enlarge x.
static_assert(refused(infer_of<batch_norm_op>({}, static_type(f32, 1), c, c, c, c, scalar),
                      mistake::cannot_broadcast,
                      c,
                      static_type(f32, 1)));
static_assert(infer_of<batch_norm_op>({}, images, c, c, c, static_type(kiln::s8, 3), scalar).what
              == mistake::wrong_dtype);

TEST_CASE("batch_norm: values and NaN") {
  // (3 - 1) / sqrt(3.75 + 0.25) * 1.5 + 0.5
  check_meaning<batch_norm_op>(2.0, 3.0, 1.5, 0.5, 1.0, 3.75, 0.25);
  check_meaning<batch_norm_op>(kiln::test::nan, kiln::test::nan, 1.0, 0.0, 0.0, 1.0, 0.0);
}

}  // namespace
