// SPDX-License-Identifier: MIT
// Chains: what they gather, what they share, what they hold.
#include <kiln/dsl/chain.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using namespace kiln::dsl;
using vector = typed<kiln::f32, 8>;
template <char C>
using input = n<kiln::op::input_op, kiln::core::text<C>, vector>;
template <int I>
using constant = n<kiln::op::constant_op, site<int, I>, typed<kiln::f32>>;
template <int... Operands>
using sum = n<void, attributes<>, vector, Operands...>;

using a = chain<nothing, input<'a'>>;
using b = chain<a, constant<0>>;
using c = chain<b, sum<0, 1>>;
using d = chain<chain<chain<b, constant<1>>, input<'d'>>, sum<0, 3>>;

static_assert(a::size::value == 1 && d::size::value == 5 && d::scalars::value == 2);
static_assert(std::is_same_v<c::name, kiln::core::text<'a'>>);
static_assert(std::is_same_v<d::name, kiln::core::text<'d'>>);
static_assert(std::is_same_v<d::named, kiln::core::list<input<'a'>, input<'d'>>>);
static_assert(std::is_same_v<common_beginning<c, d>, b>);
static_assert(std::is_same_v<common_beginning<d, c>, b>);
static_assert(std::is_same_v<common_beginning<a, d>, a>);
static_assert(std::is_same_v<common_beginning<chain<nothing, input<'z'>>, d>, nothing>);
static_assert(
    std::is_same_v<last_nodes<3, d>, kiln::core::list<constant<1>, input<'d'>, sum<0, 3>>>);
static_assert(std::is_same_v<last_nodes<0, d>, kiln::core::list<>>);
static_assert(std::is_same_v<all_nodes<c>, kiln::core::list<input<'a'>, constant<0>, sum<0, 1>>>);
static_assert(std::is_same_v<without_last<3, d>, b> && std::is_same_v<without_last<0, d>, d>);
static_assert(__is_base_of(has<constant<0>>, d) && !__is_base_of(has<constant<2>>, d));
static_assert(position_of<constant<1>, d>::place::value == 2);
static_assert(position_of<constant<1>, d>::ordinal::value == 1);
static_assert(position_of<input<'d'>, d>::ordinal::value == -1);

TEST_CASE("a dynamic extent is gathered once") {
  using symbol = symbol_type<kiln::core::text<'n'>, 8>;
  using dynamic = typed<kiln::f32, extent<1, symbol>{}>;
  using e = chain<chain<a, n<kiln::op::input_op, kiln::core::text<'e'>, dynamic>>,
                  n<kiln::op::weight_op, kiln::core::text<'w'>, dynamic>>;
  CHECK(std::is_same_v<e::symbols, kiln::core::list<symbol>>);
}

}  // namespace
