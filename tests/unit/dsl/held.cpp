// SPDX-License-Identifier: MIT
// Callables held one behind the other: found by place, shared with what they were held in before.
#include <kiln/dsl/held.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using namespace kiln;

constexpr auto times = [](float factor) { return [factor](float x) { return x * factor; }; };
constexpr auto sum = [](float a, float b) { return a + b; };
using times_t = decltype(times(1));
using sum_t = std::remove_const_t<decltype(sum)>;

using one = dsl::held<dsl::nothing_held, times_t, 1>;
using two = dsl::held<one, sum_t, 2>;
using three = dsl::held<two, times_t, 1>;
constexpr three all{two{one{{}, {times(2)}}, {sum}}, {times(5)}};

static_assert(dsl::nothing_held::size::value == 0 && three::size::value == 3);
static_assert(dsl::callable_at<0>(all)(3.0F) == 6);
static_assert(dsl::callable_at<1>(all)(3.0F, 4.0F) == 7);
static_assert(dsl::callable_at<2>(all)(3.0F) == 15, "of one type, told apart by place");
static_assert(dsl::arity_held_at<1, three> == 2 && dsl::arity_held_at<2, three> == 1);

}  // namespace

TEST_CASE("what came before is a base: taking it is a copy of its own") {
  const one first = all;
  CHECK(dsl::callable_at<0>(first)(10.0F) == 20);
}
