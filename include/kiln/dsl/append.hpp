// SPDX-License-Identifier: MIT
// Appends the nodes of one chain to another; nodes that are the same in both appear once.
#pragma once

#include <kiln/dsl/chain.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace kiln::dsl {

/// A scalar or callable that both chains have: its ordinals in either.
template <payload Kind, int Left, int Right>
struct twin final {};

/// How append treats the nodes: as they are. Scopes rename and substitute.
struct as_it_is final {
  template <class Node>
  using node = Node;
  template <class Node>
  using substitute = count<-1>;
};

namespace detail {

/// How many nodes keep their places, then the places of the following ones.
template <int... Map>
struct places final {
  template <int Place>
  using then = places<Map..., Place>;
};

constexpr int place_in(int i, std::initializer_list<int> map) {
  const int kept = *map.begin();
  return i < kept ? i : map.begin()[1 + i - kept];
}

/// A chain to which another chain's nodes are being appended, and where these went.
template <class Chain, class Twins, class Places>
struct merged {
  using chain_t = Chain;
  using twins = Twins;
  template <int Place>
  using then = merged<Chain, Twins, typename Places::template then<Place>>;
  template <class Node>
  using then_new =
      merged<chain<Chain, Node>, Twins, typename Places::template then<Chain::size::value>>;
  template <class Twin>
  using with = merged<Chain, appended<Twins, Twin>, Places>;
};

template <class Node, class Places>
struct moved {
  using type = Node;
};
template <class Op, class Identity, class Typed, int... Operands, int... Map>
  requires(sizeof...(Operands) > 0)
struct moved<n<Op, Identity, Typed, Operands...>, places<Map...>> {
  using type = n<Op, Identity, Typed, place_in(Operands, {Map...})...>;
};

// What becomes of Merged with the node Node, which was Original in Source: Node is new, ...
template <class Merged, class Source, class Original, class Node>
struct placing {
  using type = typename Merged::template then_new<Node>;
};
// ... or is there already, ...
template <class Merged, class Source, class Original, class Node>
  requires(__is_base_of(has<Node>, typename Merged::chain_t)
           && payload_of<Original> == payload::none)
struct placing<Merged, Source, Original, Node> {
  using found = position_of<Node, typename Merged::chain_t>;
  using type = typename Merged::template then<found::place::value>;
};
// ... and its value is to be compared.
template <class Merged, class Source, class Original, class Node>
  requires(__is_base_of(has<Node>, typename Merged::chain_t)
           && payload_of<Original> != payload::none)
struct placing<Merged, Source, Original, Node> {
  using found = position_of<Node, typename Merged::chain_t>;
  using pair = twin<payload_of<Original>,
                    found::ordinal::value,
                    position_of<Original, Source>::ordinal::value>;
  using type = typename Merged::template with<pair>::template then<found::place::value>;
};

template <class Source, class Transform>
struct appending {
  /// Merged after one more node of Source.
  template <class Merged, class Node>
  struct step;
  template <class Chain, class Twins, class Places, class Node>
  struct step<merged<Chain, Twins, Places>, Node>
      : placing<merged<Chain, Twins, Places>,
                Source,
                Node,
                typename moved<typename Transform::template node<Node>, Places>::type> {};
  template <class Chain, class Twins, class Places, class Node>
    requires(Transform::template substitute<Node>::value >= 0)
  struct step<merged<Chain, Twins, Places>, Node> {
    using type = typename merged<Chain, Twins, Places>::template then<
        Transform::template substitute<Node>::value>;
  };

  template <class Merged, class... Nodes>
  struct all {
    using type = Merged;
  };
  template <class Merged, class Node>
  struct all<Merged, Node> : step<Merged, Node> {};
  template <class Merged, class N1, class N2, class... Rest>
  struct all<Merged, N1, N2, Rest...>
      : all<typename step<typename step<Merged, N1>::type, N2>::type, Rest...> {};

  template <class Merged, class List>
  struct listed;
  template <class Merged, class... Nodes>
  struct listed<Merged, core::list<Nodes...>> : all<Merged, Nodes...> {};
};

template <class Merged, int I>
struct place_after;
template <class Chain, class Twins, int... Map, int I>
struct place_after<merged<Chain, Twins, places<Map...>>, I> : count<place_in(I, {Map...})> {};

template <payload Kind, int Left, int Right>
constexpr void set_twin(std::int16_t* scalars, std::int16_t* callables, twin<Kind, Left, Right>) {
  (Kind == payload::scalar ? scalars : callables)[Right] = static_cast<std::int16_t>(Left);
}

}  // namespace detail

/// For every scalar and every callable of the appended chain its ordinal in the other, or -1.
template <int Scalars, int Callables>
struct twin_table final {
  std::array<std::int16_t, std::size_t{Scalars + 1}> scalars{};
  std::array<std::int16_t, std::size_t{Callables + 1}> callables{};
};

namespace detail {
template <int Scalars, int Callables, class... Twins>
constexpr auto tabulate(int shared_scalars, int shared_callables, core::list<Twins...>) {
  twin_table<Scalars, Callables> r{};
  for (int i = 0; i < Scalars; ++i) {
    r.scalars[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i < shared_scalars ? i : -1);
  }
  for (int i = 0; i < Callables; ++i) {
    r.callables[static_cast<std::size_t>(i)] =
        static_cast<std::int16_t>(i < shared_callables ? i : -1);
  }
  (set_twin(r.scalars.data(), r.callables.data(), Twins{}), ...);
  return r;
}
}  // namespace detail

/// A, followed by those nodes of B that it does not have. Both begin with Common.
template <class A, class B, class Common, class Transform = as_it_is>
struct append {
 private:
  using merged = typename detail::appending<B, Transform>::template listed<
      detail::merged<A, core::list<>, detail::places<Common::size::value>>,
      last_nodes<B::size::value - Common::size::value, B>>::type;

 public:
  using left = A;
  using right = B;
  using common = Common;
  using chain_t = typename merged::chain_t;
  using twins = typename merged::twins;
  /// Where a node of B went; the nodes of A stay in their places.
  template <int I>
  using place_of = detail::place_after<merged, I>;
};

/// The twins of an append as a value.
template <class Append>
constexpr auto twins_of() {
  return detail::tabulate<Append::right::scalars::value, Append::right::callables::size::value>(
      Append::common::scalars::value,
      Append::common::callables::size::value,
      typename Append::twins{});
}

}  // namespace kiln::dsl
