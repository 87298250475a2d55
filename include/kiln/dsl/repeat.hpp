// SPDX-License-Identifier: MIT
// The same block several times, each with weights of its own.
#pragma once

#include <kiln/dsl/scope.hpp>

#include <cstddef>
#include <utility>

namespace kiln::dsl {

namespace detail {

// 12 -> text<'1', '2'>
template <int N, char... Digits>
struct digits_of : digits_of<N / 10, static_cast<char>('0' + N % 10), Digits...> {};
template <int N, char... Digits>
  requires(N < 10)
struct digits_of<N, Digits...> {
  using type = core::text<static_cast<char>('0' + N), Digits...>;
};

// In halves: calls nested as deep as there are blocks would pass g++'s limit for constant
// expressions.
template <int First, int Count, class Block, class E>
constexpr auto repeat_from(const Block& block, const E& x) {
  if constexpr (Count == 1) {
    return dsl::scope_named<typename detail::digits_of<First>::type>(block, x);
  } else {
    constexpr int half = Count / 2;
    return detail::repeat_from<First + half, Count - half>(
        block, detail::repeat_from<First, half>(block, x));
  }
}

}  // namespace detail
}  // namespace kiln::dsl

namespace kiln {

/// block(block(...block(x))), N times; the weights of the I-th are called "I.w". Inside a scope
/// their names continue the scope's: "encoder.3.w".
///
/// @errors  compile time: those of block
template <int N, class Block, dsl::expression E>
  requires(N >= 1)
constexpr auto repeat(const Block& block, const E& x) {
  return dsl::detail::repeat_from<0, N>(block, x);
}

}  // namespace kiln
