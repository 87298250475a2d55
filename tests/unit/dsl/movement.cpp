// SPDX-License-Identifier: MIT
// Transpose, reshape, slice, concat, cast.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/movement.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(2_c, 3_c, 4_c);
constexpr auto d = kiln::input<"d", kiln::f32>(kiln::dim<"b", 8>, 6_c, kiln::dim<"t", 8>);
constexpr auto v = kiln::input<"v", kiln::f32>(5_c);
using kiln::tensor::static_type;
template <class E>
constexpr const kiln::tensor::tensor_type& type(const E&) {
  return kiln::dsl::type_of<E>();
}
template <class E>
constexpr bool refused(const E&) {
  return kiln::dsl::poisoned<E>;
}
static_assert(type(kiln::transpose(x)) == static_type(kiln::f32, 2, 4, 3));
static_assert(type(kiln::transpose<2, 0, 1>(x)) == static_type(kiln::f32, 4, 2, 3));
static_assert(type(kiln::transpose<-1, 0, 1>(x)) == static_type(kiln::f32, 4, 2, 3));
static_assert(refused(kiln::transpose<0, 1>(x)) && refused(kiln::transpose<0, 0, 1>(x)));
static_assert(refused(kiln::transpose(v)) && refused(kiln::transpose<0, 0>(v)));

static_assert(type(kiln::reshape(x, 6_c, 4_c)) == static_type(kiln::f32, 6, 4));
static_assert(type(kiln::reshape(x, kiln::rest)) == static_type(kiln::f32, 24));
static_assert(type(kiln::reshape(x, 3_c, kiln::rest, 2_c)) == static_type(kiln::f32, 3, 4, 2));
static_assert(refused(kiln::reshape(x, 5_c, kiln::rest)) && refused(kiln::reshape(x, 23_c)));
static_assert(type(kiln::reshape(d, kiln::rest, kiln::dim<"b", 8>))[0]
              == kiln::tensor::dim{6, kiln::tensor::product_of(0)});
static_assert(type(kiln::reshape(d, kiln::dim<"t", 8>, kiln::rest)).rank == 2);
static_assert(refused(kiln::reshape(d, kiln::dim<"t", 8>, kiln::dim<"t", 8>, kiln::rest)));
static_assert(refused(kiln::reshape(d, 7_c, kiln::rest)));
static_assert(refused(kiln::reshape(x, 6, 4)) && refused(kiln::reshape(x, 6_c, 4)));
static_assert(std::is_same_v<decltype(kiln::reshape(kiln::transpose<0, 1>(x), 6)),
                             decltype(kiln::transpose<0, 1>(x))>);

static_assert(type(kiln::slice<1, 0, 2>(x)) == static_type(kiln::f32, 2, 2, 4));
static_assert(type(kiln::slice<-1, -3, -1>(x)) == static_type(kiln::f32, 2, 3, 2));
static_assert(type(kiln::slice<2, 0, 4, 3>(x)) == static_type(kiln::f32, 2, 3, 2));
static_assert(refused(kiln::slice<1, 2, 2>(x)) && refused(kiln::slice<3, 0, 1>(x)));
static_assert(refused(kiln::slice<0, 0, 4>(d)) && !refused(kiln::slice<1, 0, 4>(d)));
static_assert(type(kiln::cast<kiln::u8>(x)) == static_type(kiln::u8, 2, 3, 4));
static_assert(type(kiln::concat<1>(x, x, x)) == static_type(kiln::f32, 2, 9, 4));
static_assert(type(kiln::concat<-1>(x, x)) == static_type(kiln::f32, 2, 3, 8));
static_assert(type(kiln::concat(v, v, v, v, v, v, v, v, v, v, v)) == static_type(kiln::f32, 55));
static_assert(refused(kiln::concat(x, v)));

constexpr auto y = kiln::concat(kiln::slice<0, -2, 5>(v), kiln::cast<kiln::f32>(v));
constexpr auto g = kiln::dsl::lower(y);
constexpr kiln::op::slice_op::attributes expected{0, 3, 5, 1};
static_assert(g[1].attributes_of<kiln::op::slice_op>() == expected);

TEST_CASE("nine operands are a concat of concats") {
  static constexpr auto nine = kiln::concat(v, v, v, v, v, v, v, v, v);
  CHECK(kiln_test::lowered(nine) == "input v; concat 0 0 0; concat 1 0 0 0 0 0 0 -> y=2");
  CHECK(kiln_test::text_of(g) == "input v; slice 0; cast 0; concat 1 2 -> y=3");
}

}  // namespace
