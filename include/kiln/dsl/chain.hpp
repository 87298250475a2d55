// SPDX-License-Identifier: MIT
// The list of an expression's nodes as a type: each list derives from the one it extends.
//
// A chain shares its beginning with the expressions it was made from, so that appending a node
// costs the same at any length, and "is that expression a part of this one" and "is this node
// there already" are questions about base classes, which compilers answer fast. What a chain knows
// are types, not static members: g++ gives every member of a class template its mangled name, and
// that of a chain is as long as the chain.
#pragma once

#include <kiln/core/fixed_string.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/dsl/held.hpp>
#include <kiln/dsl/node.hpp>

#include <type_traits>

namespace kiln::dsl {

/// A number as a type.
template <int N>
using count = std::integral_constant<int, N>;

/// Base of every chain that holds Node.
template <class Node>
struct has {};

/// Where Node stands: its place among the nodes, and among the scalars or callables if it is one.
template <class Node, int Place, int Ordinal>
struct placed : has<Node> {};

/// The empty chain.
struct nothing {
  using size = count<0>;
  using scalars = count<0>;
  using callables = nothing_held;
  using symbols = core::list<>;
  using named = core::list<>;
  using name = void;
};

namespace detail {

template <class List, class Type>
struct appending_type;
template <class... Types, class Type>
struct appending_type<core::list<Types...>, Type> {
  using type = core::list<Types..., Type>;
};

}  // namespace detail

/// A list of types and one more.
template <class List, class Type>
using appended = typename detail::appending_type<List, Type>::type;

namespace detail {

// What a node adds to the facts that a chain gathers: one with operands adds nothing.
template <class Parent, class Node>
struct gathered {
  using scalars = typename Parent::scalars;
  using callables = typename Parent::callables;
  using symbols = typename Parent::symbols;
  using named = typename Parent::named;
  using name = typename Parent::name;
};
template <class Parent, class Op, class Identity, tensor::dtype Element, auto... Extents>
struct gathered<Parent, n<Op, Identity, typed<Element, Extents...>>> {
  using scalars = typename Parent::scalars;
  using callables = typename Parent::callables;
  using symbols = with_extents<typename Parent::symbols, std::remove_const_t<decltype(Extents)>...>;
  using named = typename Parent::named;
  using name = typename Parent::name;
};
template <class Parent, class Op, char... C, tensor::dtype Element, auto... Extents>
struct gathered<Parent, n<Op, core::text<C...>, typed<Element, Extents...>>> {
  using scalars = typename Parent::scalars;
  using callables = typename Parent::callables;
  using symbols = with_extents<typename Parent::symbols, std::remove_const_t<decltype(Extents)>...>;
  using named =
      appended<typename Parent::named, n<Op, core::text<C...>, typed<Element, Extents...>>>;
  using name = core::text<C...>;
};
template <class Parent, class Site, tensor::dtype Element>
struct gathered<Parent, n<op::constant_op, Site, typed<Element>>> {
  using scalars = count<Parent::scalars::value + 1>;
  using callables = typename Parent::callables;
  using symbols = typename Parent::symbols;
  using named = typename Parent::named;
  using name = typename Parent::name;
};
template <class Parent, class F, int Arity, class Site, tensor::dtype Element>
struct gathered<Parent, n<callable_op<F, Arity>, Site, typed<Element>>> {
  using scalars = typename Parent::scalars;
  using callables = held<typename Parent::callables, F, Arity>;
  using symbols = typename Parent::symbols;
  using named = typename Parent::named;
  using name = typename Parent::name;
};

template <payload Kind, class Parent>
using ordinal = std::conditional_t<Kind == payload::none,
                                   count<-1>,
                                   std::conditional_t<Kind == payload::scalar,
                                                      typename Parent::scalars,
                                                      typename Parent::callables::size>>;

}  // namespace detail

/// Parent's nodes, then Node.
///
/// @law  every node of a chain stands there once
template <class Parent, class Node>
struct chain
    : Parent
    , placed<Node, Parent::size::value, detail::ordinal<payload_of<Node>, Parent>::value> {
  using node_t = Node;
  using size = count<Parent::size::value + 1>;
  using scalars = typename detail::gathered<Parent, Node>::scalars;
  using callables = typename detail::gathered<Parent, Node>::callables;
  using symbols = typename detail::gathered<Parent, Node>::symbols;
  /// The inputs and weights.
  using named = typename detail::gathered<Parent, Node>::named;
  /// The last input or weight: how an error says which operator it is.
  using name = typename detail::gathered<Parent, Node>::name;
};

namespace detail {

template <int Place, int Ordinal>
struct position final {
  using place = count<Place>;
  using ordinal = count<Ordinal>;
};
template <class Node, int Place, int Ordinal>
position<Place, Ordinal> locate(const placed<Node, Place, Ordinal>*);

// The recursions take two nodes at a time: compilers stop at a depth of about 900.

template <class A, class B>
struct common;
template <class A, class B>
  requires(__is_base_of(B, A))
struct common<A, B> {
  using type = B;
};
template <class A, class Parent, class Node>
  requires(!__is_base_of(chain<Parent, Node>, A))
struct common<A, chain<Parent, Node>> : common<A, Parent> {};
template <class A, class Parent, class N1, class N2>
  requires(!__is_base_of(chain<Parent, N1>, A))
struct common<A, chain<chain<Parent, N1>, N2>> : common<A, Parent> {};

template <int Count, class Chain, class... After>
struct take_last;
template <class Chain, class... After>
struct take_last<0, Chain, After...> {
  using type = core::list<After...>;
};
template <class Parent, class Node, class... After>
struct take_last<1, chain<Parent, Node>, After...> {
  using type = core::list<Node, After...>;
};
template <int Count, class Parent, class N1, class N2, class... After>
  requires(Count >= 2)
struct take_last<Count, chain<chain<Parent, N1>, N2>, After...>
    : take_last<Count - 2, Parent, N1, N2, After...> {};

template <int Count, class Chain>
struct drop_last;
template <class Chain>
struct drop_last<0, Chain> {
  using type = Chain;
};
template <class Parent, class Node>
struct drop_last<1, chain<Parent, Node>> {
  using type = Parent;
};
template <int Count, class Parent, class N1, class N2>
  requires(Count >= 2)
struct drop_last<Count, chain<chain<Parent, N1>, N2>> : drop_last<Count - 2, Parent> {};

template <bool Swap, class A, class B>
struct common_of : common<A, B> {};
template <class A, class B>
struct common_of<true, A, B> : common<B, A> {};

}  // namespace detail

/// Place and ordinal of a node that the chain has.
template <class Node, class Chain>
using position_of = decltype(detail::locate<Node>(static_cast<const Chain*>(nullptr)));

/// The longest chain that both A and B continue, found by taking nodes off the shorter one.
template <class A, class B>
using common_beginning = typename detail::common_of<(A::size::value < B::size::value), A, B>::type;

/// The last Count nodes of a chain, in their order.
template <int Count, class Chain>
using last_nodes = typename detail::take_last<Count, Chain>::type;

/// All nodes of a chain, in their order.
template <class Chain>
using all_nodes = last_nodes<Chain::size::value, Chain>;

/// The chain without its last Count nodes.
template <int Count, class Chain>
using without_last = typename detail::drop_last<Count, Chain>::type;

}  // namespace kiln::dsl
