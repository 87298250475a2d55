// SPDX-License-Identifier: MIT
// Appending a chain to another: renumbering, shared nodes, twins.
#include <kiln/dsl/append.hpp>

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

template <class Chain, class... Nodes>
struct all_of {
  using type = Chain;
};
template <class Chain, class Node, class... Nodes>
struct all_of<Chain, Node, Nodes...> : all_of<chain<Chain, Node>, Nodes...> {};
template <class Chain, class... Nodes>
using longer = typename all_of<Chain, Nodes...>::type;

using left = longer<nothing, input<'a'>, constant<0>, sum<0, 1>, constant<1>, sum<2, 3>>;
using right =
    longer<nothing, constant<1>, input<'b'>, sum<1, 0>, input<'a'>, constant<2>, sum<2, 3>>;
using both = append<left, right, nothing>;

static_assert(
    std::is_same_v<both::chain_t, longer<left, input<'b'>, sum<5, 3>, constant<2>, sum<6, 0>>>);
static_assert(both::place_of<0>::value == 3 && both::place_of<1>::value == 5);
static_assert(both::place_of<3>::value == 0 && both::place_of<5>::value == 8);
static_assert(both::place_of<-1>::value == -1);
constexpr auto twins = twins_of<both>();
static_assert(twins.scalars[0] == 1 && twins.scalars[1] == -1);

// What both begin with is not looked at again.
using longer_left = chain<left, sum<4, 0>>;
using longer_right = longer<left, input<'c'>, sum<4, 5>>;
using continued = append<longer_left, longer_right, left>;
static_assert(std::is_same_v<continued::chain_t, longer<longer_left, input<'c'>, sum<4, 6>>>);
static_assert(continued::place_of<4>::value == 4 && continued::place_of<6>::value == 7);
static_assert(twins_of<continued>().scalars[0] == 0 && twins_of<continued>().scalars[1] == 1);

TEST_CASE("appending a part adds nothing") {
  CHECK(std::is_same_v<append<longer_left, left, left>::chain_t, longer_left>);
  CHECK(std::is_same_v<append<longer_left, left, nothing>::chain_t, longer_left>);
}

}  // namespace
