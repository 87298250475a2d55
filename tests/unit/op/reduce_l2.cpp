// SPDX-License-Identifier: MIT
// Tests of op/reduce_l2.hpp.
#include <kiln/op/reduce_l2.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <support/shape_rule.hpp>

namespace {

using kiln::op::reduce_l2_op;
using kiln::test::infer_of;
using kiln::test::static_type;

static_assert(kiln::op::operation<reduce_l2_op> && !reduce_l2_op::exact);
static_assert(infer_of<reduce_l2_op>({0b01, 0}, static_type(kiln::f32, 2, 3)).type
              == static_type(kiln::f32, 3));

template <class T>
T reduce(std::initializer_list<T> values) {
  T sum = reduce_l2_op::template initial<T>();
  for (const T x : values) sum = reduce_l2_op::combine(sum, x);
  return reduce_l2_op::finish(sum, static_cast<T>(values.size()));
}

TEST_CASE("reduce_l2: values, partial results and NaN") {
  CHECK(reduce({-1.0, 2.5, 0.5}) == doctest::Approx(2.7386127875258306).epsilon(1e-15));
  CHECK(reduce({-1.0F, 2.5F, 0.5F}) == doctest::Approx(2.7386127875258306).epsilon(1e-6));
  const double left = reduce_l2_op::combine(reduce_l2_op::initial<double>(), -1.0);
  double right = reduce_l2_op::combine(reduce_l2_op::initial<double>(), 2.5);
  right = reduce_l2_op::combine(right, 0.5);
  CHECK(reduce_l2_op::finish(reduce_l2_op::merge(left, right), 3.0)
        == doctest::Approx(2.7386127875258306).epsilon(1e-15));
  CHECK(std::isnan(reduce({-1.0, std::numeric_limits<double>::quiet_NaN(), 0.5})));
}

}  // namespace
