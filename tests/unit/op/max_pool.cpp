// SPDX-License-Identifier: MIT
// Tests of op/max_pool.hpp.
#include <kiln/op/max_pool.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/shape_rule.hpp>

namespace {

using kiln::op::max_pool_op;
using kiln::test::infer_of;
using kiln::test::static_type;

static_assert(kiln::op::operation<max_pool_op> && max_pool_op::exact);
static_assert(infer_of<max_pool_op>({2, 2, 2, 2}, static_type(kiln::f32, 1, 4, 6, 3)).type
              == static_type(kiln::f32, 1, 2, 3, 3));

TEST_CASE("max_pool: initial, combine, finish") {
  double most = max_pool_op::initial<double>();
  for (const double x : {-3.0, -1.5, -2.0}) most = max_pool_op::combine(most, x);
  CHECK(max_pool_op::finish(most, 3.0) == -1.5);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(max_pool_op::combine(max_pool_op::combine(most, nan), 7.0)));
  CHECK(max_pool_op::initial<float>() == -std::numeric_limits<float>::infinity());
}

}  // namespace
