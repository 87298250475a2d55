// SPDX-License-Identifier: MIT
// Matrix products.
#include <kiln/dsl/contraction.hpp>
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/lower.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto square = kiln::weight<"s", kiln::f32>(4_c, 4_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(3_c, 8_c);
constexpr auto plain = kiln::matmul(square, x);
constexpr auto b = kiln::matmul<kiln::transposed::b>(x, w);
constexpr auto a = kiln::matmul<kiln::transposed::a>(x, square);
constexpr auto both = kiln::matmul<kiln::transposed::both>(x, kiln::transpose(x));
static_assert(kiln::dsl::type_of<decltype(plain)>() == kiln::tensor::static_type(kiln::f32, 4, 8));
static_assert(kiln::dsl::type_of<decltype(b)>() == kiln::tensor::static_type(kiln::f32, 4, 3));
static_assert(kiln::dsl::type_of<decltype(a)>() == kiln::tensor::static_type(kiln::f32, 8, 4));
static_assert(kiln::dsl::poisoned<decltype(kiln::matmul(x, w))>);
static_assert(kiln::dsl::type_of<decltype(both)>() == kiln::tensor::static_type(kiln::f32, 8, 8));
static_assert(kiln::dsl::poisoned<decltype(kiln::matmul(x, 2))>);

TEST_CASE("attributes of both sides") {
  constexpr auto g = kiln::dsl::lower(a);
  constexpr kiln::op::matmul_op::attributes expected{1, 0};
  CHECK(g[2].attributes_of<kiln::op::matmul_op>() == expected);
}

}  // namespace
