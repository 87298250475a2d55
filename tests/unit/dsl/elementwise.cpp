// SPDX-License-Identifier: MIT
// Elementwise mathematics lowers to the operator of its name.
#include <kiln/dsl/elementwise.hpp>
#include <kiln/dsl/literals.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto square_of = kiln::square(x);
constexpr auto abs_of = kiln::abs(x);
constexpr auto sqrt_of = kiln::sqrt(x);
constexpr auto rsqrt_of = kiln::rsqrt(x);
constexpr auto exp_of = kiln::exp(x);
constexpr auto exp2_of = kiln::exp2(x);
constexpr auto log_of = kiln::log(x);
constexpr auto erf_of = kiln::erf(x);
constexpr auto reciprocal_of = kiln::reciprocal(x);
constexpr auto round_of = kiln::round(x);
constexpr auto floor_of = kiln::floor(x);
constexpr auto ceil_of = kiln::ceil(x);
constexpr auto b = kiln::weight<"b", kiln::f32>(8_c);
constexpr auto max_of = kiln::max(x, b);
constexpr auto min_of = kiln::min(x, b);
constexpr auto pow_of = kiln::pow(x, b);
constexpr auto equal_of = kiln::equal(x, b);
constexpr auto not_equal_of = kiln::not_equal(x, b);
constexpr auto less_of = kiln::less(x, b);
constexpr auto less_equal_of = kiln::less_equal(x, b);
constexpr auto greater_of = kiln::greater(x, b);
constexpr auto greater_equal_of = kiln::greater_equal(x, b);
constexpr auto numbers = kiln::select(kiln::less(0, x), kiln::max(x, 1), kiln::pow(2, x));
template <class T>
concept takes_square = requires(T t) {
  kiln::sqrt(t);
};
static_assert(takes_square<std::remove_const_t<decltype(x)>> && !takes_square<int>);

TEST_CASE("functions of one operand") {
  CHECK(kiln_test::lowered(square_of) == "input x; square 0 -> y=1");
  CHECK(kiln_test::lowered(abs_of) == "input x; abs 0 -> y=1");
  CHECK(kiln_test::lowered(sqrt_of) == "input x; sqrt 0 -> y=1");
  CHECK(kiln_test::lowered(rsqrt_of) == "input x; rsqrt 0 -> y=1");
  CHECK(kiln_test::lowered(exp_of) == "input x; exp 0 -> y=1");
  CHECK(kiln_test::lowered(exp2_of) == "input x; exp2 0 -> y=1");
  CHECK(kiln_test::lowered(log_of) == "input x; log 0 -> y=1");
  CHECK(kiln_test::lowered(erf_of) == "input x; erf 0 -> y=1");
  CHECK(kiln_test::lowered(reciprocal_of) == "input x; reciprocal 0 -> y=1");
  CHECK(kiln_test::lowered(round_of) == "input x; round 0 -> y=1");
  CHECK(kiln_test::lowered(floor_of) == "input x; floor 0 -> y=1");
  CHECK(kiln_test::lowered(ceil_of) == "input x; ceil 0 -> y=1");
}
TEST_CASE("functions of two operands") {
  CHECK(kiln_test::lowered(max_of) == "input x; weight b; max 0 1 -> y=2");
  CHECK(kiln_test::lowered(min_of) == "input x; weight b; min 0 1 -> y=2");
  CHECK(kiln_test::lowered(pow_of) == "input x; weight b; pow 0 1 -> y=2");
  CHECK(kiln_test::lowered(equal_of) == "input x; weight b; equal 0 1 -> y=2");
  CHECK(kiln_test::lowered(not_equal_of) == "input x; weight b; not_equal 0 1 -> y=2");
  CHECK(kiln_test::lowered(less_of) == "input x; weight b; less 0 1 -> y=2");
  CHECK(kiln_test::lowered(less_equal_of) == "input x; weight b; less_equal 0 1 -> y=2");
  CHECK(kiln_test::lowered(greater_of) == "input x; weight b; greater 0 1 -> y=2");
  CHECK(kiln_test::lowered(greater_equal_of) == "input x; weight b; greater_equal 0 1 -> y=2");
}
TEST_CASE("numbers on either side") {
  CHECK(
      kiln_test::lowered(numbers)
      == "constant; input x; less 0 1; constant; max 1 3; constant; pow 5 1; select 2 4 6 -> y=7");
}

}  // namespace
