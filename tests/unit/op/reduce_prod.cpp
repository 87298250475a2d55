// SPDX-License-Identifier: MIT
// Tests of op/reduce_prod.hpp.
#include <kiln/op/reduce_prod.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <support/shape_rule.hpp>

namespace {

using kiln::op::reduce_prod_op;
using kiln::test::infer_of;
using kiln::test::static_type;

static_assert(kiln::op::operation<reduce_prod_op> && !reduce_prod_op::exact);
static_assert(infer_of<reduce_prod_op>({0b01, 0}, static_type(kiln::f32, 2, 3)).type
              == static_type(kiln::f32, 3));

template <class T>
T reduce(std::initializer_list<T> values) {
  T sum = reduce_prod_op::template initial<T>();
  for (const T x : values) sum = reduce_prod_op::combine(sum, x);
  return reduce_prod_op::finish(sum, static_cast<T>(values.size()));
}

TEST_CASE("reduce_prod: values, partial results and NaN") {
  CHECK(reduce({-1.0, 2.5, 0.5}) == doctest::Approx(-1.25).epsilon(1e-15));
  CHECK(reduce({-1.0F, 2.5F, 0.5F}) == doctest::Approx(-1.25).epsilon(1e-6));
  const double left = reduce_prod_op::combine(reduce_prod_op::initial<double>(), -1.0);
  double right = reduce_prod_op::combine(reduce_prod_op::initial<double>(), 2.5);
  right = reduce_prod_op::combine(right, 0.5);
  CHECK(reduce_prod_op::finish(reduce_prod_op::merge(left, right), 3.0)
        == doctest::Approx(-1.25).epsilon(1e-15));
  CHECK(std::isnan(reduce({-1.0, std::numeric_limits<double>::quiet_NaN(), 0.5})));
}

}  // namespace
