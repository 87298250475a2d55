// SPDX-License-Identifier: MIT
// Tests of op/reduce_l1.hpp.
#include <kiln/op/reduce_l1.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <support/shape_rule.hpp>

namespace {

using kiln::op::reduce_l1_op;
using kiln::test::infer_of;
using kiln::test::static_type;

static_assert(kiln::op::operation<reduce_l1_op> && !reduce_l1_op::exact);
static_assert(infer_of<reduce_l1_op>({0b01, 0}, static_type(kiln::f32, 2, 3)).type
              == static_type(kiln::f32, 3));

template <class T>
T reduce(std::initializer_list<T> values) {
  T sum = reduce_l1_op::template initial<T>();
  for (const T x : values) sum = reduce_l1_op::combine(sum, x);
  return reduce_l1_op::finish(sum, static_cast<T>(values.size()));
}

TEST_CASE("reduce_l1: values, partial results and NaN") {
  CHECK(reduce({-1.0, 2.5, 0.5}) == doctest::Approx(4.0).epsilon(1e-15));
  CHECK(reduce({-1.0F, 2.5F, 0.5F}) == doctest::Approx(4.0).epsilon(1e-6));
  const double left = reduce_l1_op::combine(reduce_l1_op::initial<double>(), -1.0);
  double right = reduce_l1_op::combine(reduce_l1_op::initial<double>(), 2.5);
  right = reduce_l1_op::combine(right, 0.5);
  CHECK(reduce_l1_op::finish(reduce_l1_op::merge(left, right), 3.0)
        == doctest::Approx(4.0).epsilon(1e-15));
  CHECK(std::isnan(reduce({-1.0, std::numeric_limits<double>::quiet_NaN(), 0.5})));
}

}  // namespace
