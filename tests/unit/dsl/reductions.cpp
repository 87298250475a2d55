// SPDX-License-Identifier: MIT
// Reductions along axes.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/reductions.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(2_c, 3_c, 4_c);
using kiln::tensor::static_type;
template <class E>
constexpr const kiln::tensor::tensor_type& type(const E&) {
  return kiln::dsl::type_of<E>();
}
static_assert(type(kiln::reduce_sum(x)).rank == 0);
static_assert(type(kiln::reduce_sum<1>(x)) == static_type(kiln::f32, 2, 4));
static_assert(type(kiln::reduce_mean<-1, 0>(x)) == static_type(kiln::f32, 3));
static_assert(type(kiln::reduce_max<-1>(x, kiln::keep)) == static_type(kiln::f32, 2, 3, 1));
static_assert(type(kiln::reduce_min(x, kiln::keep)) == static_type(kiln::f32, 1, 1, 1));
static_assert(kiln::dsl::poisoned<decltype(kiln::reduce_prod<3>(x))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::reduce_prod<-4>(x))>);
static_assert(kiln::dsl::poisoned<decltype(kiln::reduce_prod<99>(x))>);
static_assert(type(kiln::dsl::reduce_inner<kiln::op::reduce_sum_op>(x))
              == static_type(kiln::f32, 2, 4));

constexpr auto all = kiln::outputs(kiln::reduce_sum<0>(x),
                                   kiln::reduce_mean<0>(x),
                                   kiln::reduce_prod<0>(x),
                                   kiln::reduce_max<0>(x),
                                   kiln::reduce_min<0>(x),
                                   kiln::reduce_l1<0>(x),
                                   kiln::reduce_l2<0>(x));

TEST_CASE("each function has its operator") {
  CHECK(kiln_test::lowered(all)
        == "input x; reduce_sum 0; reduce_mean 0; reduce_prod 0; reduce_max 0; reduce_min 0;"
           " reduce_l1 0; reduce_l2 0 -> y0=1 y1=2 y2=3 y3=4 y4=5 y5=6 y6=7");
}

}  // namespace
