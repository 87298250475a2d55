// SPDX-License-Identifier: MIT
// The two nets of a recommender in the shape of DLRM, for any number of candidates up to a bound.
#pragma once

#include <kiln/kiln.hpp>

namespace ranking {

using namespace kiln::literals;

inline constexpr int most_candidates = 64;
inline constexpr int features = 13;    // numbers that describe a candidate
inline constexpr int tables = 26;      // categories, each with a table of embeddings
inline constexpr int embedding = 128;  // numbers of one embedding
inline constexpr int vectors = tables + 1;
inline constexpr int interactions = vectors * (vectors - 1) / 2;

namespace detail {

/// x w + b; the scope that calls it gives w and b their prefix.
template <int K, int N>
inline constexpr auto linear = [](auto x) {
  constexpr auto k = boost::hana::int_c<K>;
  constexpr auto n = boost::hana::int_c<N>;
  return kiln::matmul(x, kiln::weight<"w", kiln::f32>(k, n)) + kiln::weight<"b", kiln::f32>(n);
};
template <int K, int N>
inline constexpr auto layer = [](auto x) { return kiln::relu(linear<K, N>(x)); };

inline constexpr auto candidates = kiln::dim<"candidates", most_candidates>;
inline constexpr auto dense = kiln::input<"dense", kiln::f32>(candidates, 13_c);
inline constexpr auto pairs = kiln::input<"pairs", kiln::f32>(candidates, 479_c);

inline constexpr auto bottom_1 = kiln::scope<"bottom.1">(layer<features, 512>, dense);
inline constexpr auto bottom_2 = kiln::scope<"bottom.2">(layer<512, 256>, bottom_1);
inline constexpr auto bottom_3 = kiln::scope<"bottom.3">(layer<256, embedding>, bottom_2);

inline constexpr auto top_1 = kiln::scope<"top.1">(layer<embedding + interactions, 1024>, pairs);
inline constexpr auto top_2 = kiln::scope<"top.2">(layer<1024, 1024>, top_1);
inline constexpr auto top_3 = kiln::scope<"top.3">(layer<1024, 512>, top_2);
inline constexpr auto top_4 = kiln::scope<"top.4">(layer<512, 256>, top_3);
inline constexpr auto top_5 = kiln::sigmoid(kiln::scope<"top.5">(linear<256, 1>, top_4));

static_assert(embedding + interactions == 479);

}  // namespace detail

/// MLP_1: what describes a candidate -> a vector like an embedding.
using bottom = kiln::compile<detail::bottom_3>;
/// MLP_2: that vector and the products of all pairs of vectors -> how likely a click is.
using top = kiln::compile<detail::top_5>;

static_assert(bottom::groups == 1 && top::groups == 1);  // no layer's result goes to memory

}  // namespace ranking
