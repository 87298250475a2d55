// SPDX-License-Identifier: MIT
// Tests of op/avg_pool.hpp.
#include <kiln/op/avg_pool.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/shape_rule.hpp>

namespace {

using kiln::op::avg_pool_op;
using kiln::test::infer_of;
using kiln::test::static_type;

static_assert(kiln::op::operation<avg_pool_op> && !avg_pool_op::exact);
static_assert(infer_of<avg_pool_op>({2, 2, 2, 2}, static_type(kiln::f32, 1, 4, 6, 3)).type
              == static_type(kiln::f32, 1, 2, 3, 3));

TEST_CASE("avg_pool: initial, combine, finish") {
  double sum = avg_pool_op::initial<double>();
  for (const double x : {3.0, 1.5, 3.0}) sum = avg_pool_op::combine(sum, x);
  CHECK(avg_pool_op::finish(sum, 3.0) == 2.5);
  CHECK(avg_pool_op::finish(sum, 4.0) == 1.875);
  CHECK(std::isnan(avg_pool_op::combine(sum, std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
