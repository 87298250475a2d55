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

/// A chain to which another chain's nodes are being appended. Those before Kept keep their places,
/// Map says where the following ones went.
template <class Chain, class Twins, int Kept, int... Map>
struct merged {
  using chain_t = Chain;
  using twins = Twins;
};

constexpr int place_in(int i, int kept, std::initializer_list<int> map) {
  return i < kept ? i : map.begin()[i - kept];
}

template <class Node, int Kept, int... Map>
struct moved {
  using type = Node;
};
template <class Op, class Identity, class Typed, int... Operands, int Kept, int... Map>
  requires(sizeof...(Operands) > 0)
struct moved<n<Op, Identity, Typed, Operands...>, Kept, Map...> {
  using type = n<Op, Identity, Typed, place_in(Operands, Kept, {Map...})...>;
};

// What becomes of the appended node Node, which was Original: it is new, ...
template <class Merged, class Source, class Original, class Node>
struct placing;
template <class Chain, class Twins, int Kept, int... Map, class Source, class Original, class Node>
struct placing<merged<Chain, Twins, Kept, Map...>, Source, Original, Node> {
  using type = merged<chain<Chain, Node>, Twins, Kept, Map..., Chain::size::value>;
};
// ... or is there already, ...
template <class Chain, class Twins, int Kept, int... Map, class Source, class Original, class Node>
  requires(__is_base_of(has<Node>, Chain) && payload_of<Original> == payload::none)
struct placing<merged<Chain, Twins, Kept, Map...>, Source, Original, Node> {
  using type = merged<Chain, Twins, Kept, Map..., position_of<Node, Chain>::place::value>;
};
// ... and its value is to be compared.
template <class Chain, class Twins, int Kept, int... Map, class Source, class Original, class Node>
  requires(__is_base_of(has<Node>, Chain) && payload_of<Original> != payload::none)
struct placing<merged<Chain, Twins, Kept, Map...>, Source, Original, Node> {
  using found = position_of<Node, Chain>;
  using pair = twin<payload_of<Original>,
                    found::ordinal::value,
                    position_of<Original, Source>::ordinal::value>;
  using type =
      merged<Chain, typename appended<Twins, pair>::type, Kept, Map..., found::place::value>;
};

template <class Source, class Transform>
struct appending {
  /// Merged after one more node of Source.
  template <class Merged, class Node>
  struct step;
  template <class Chain, class Twins, int Kept, int... Map, class Node>
  struct step<merged<Chain, Twins, Kept, Map...>, Node>
      : placing<merged<Chain, Twins, Kept, Map...>,
                Source,
                Node,
                typename moved<typename Transform::template node<Node>, Kept, Map...>::type> {};
  template <class Chain, class Twins, int Kept, int... Map, class Node>
    requires(Transform::template substitute<Node>::value >= 0)
  struct step<merged<Chain, Twins, Kept, Map...>, Node> {
    using type = merged<Chain, Twins, Kept, Map..., Transform::template substitute<Node>::value>;
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
template <class Chain, class Twins, int Kept, int... Map, int I>
struct place_after<merged<Chain, Twins, Kept, Map...>, I> : count<place_in(I, Kept, {Map...})> {};
template <class Merged>
struct place_after<Merged, -1> : count<-1> {};

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
      detail::merged<A, core::list<>, Common::size::value>,
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
  return detail::tabulate<Append::right::scalars::value,
                          static_cast<int>(Append::right::callables::size)>(
      Append::common::scalars::value,
      static_cast<int>(Append::common::callables::size),
      typename Append::twins{});
}

}  // namespace kiln::dsl
