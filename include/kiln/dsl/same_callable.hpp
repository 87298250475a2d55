// SPDX-License-Identifier: MIT
// Whether two callables of one type are the same, decided inside a constant expression.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::dsl {

/// The answer to "are these two callables the same".
enum class sameness : std::uint8_t { same, different, unknown };

namespace detail {

template <class F>
struct object_bytes final {
  unsigned char bytes[sizeof(F)];
};

template <class F>
constexpr bool has_bytes(const F& f) {
  const auto raw = __builtin_bit_cast(object_bytes<F>, f);
  return sizeof(raw) > 0;
}
template <class F>
constexpr unsigned char byte_of(const F& f, std::size_t i) {
  return __builtin_bit_cast(object_bytes<F>, f).bytes[i];
}

// A pointer has no bytes in a constant expression, and padding bytes have no value: asking
// __builtin_constant_p first makes both a "no" instead of a compile error.
template <class F>
constexpr sameness compare_bytes(const F& a, const F& b) {
  if (!__builtin_constant_p(has_bytes(a))) return sameness::unknown;
  for (std::size_t i = 0; i < sizeof(F); ++i) {
    if (!__builtin_constant_p(byte_of(a, i)) || !__builtin_constant_p(byte_of(b, i))) continue;
    if (byte_of(a, i) != byte_of(b, i)) return sameness::different;
  }
  return sameness::same;
}

// Signs, zero, small and large numbers, fractions and neighbours of whole numbers.
inline constexpr std::array<float, 31> probes{
    0.0F,   1.0F,  -1.0F,  0.5F,   -0.5F,  2.0F,    -2.0F,    3.0F,    -3.0F, 0.25F,  -0.25F,
    0.1F,   -0.1F, 0.75F,  -0.75F, 1.5F,   -1.5F,   7.0F,     -7.0F,   0.01F, -0.01F, 10.0F,
    -10.0F, 31.0F, -31.0F, 100.0F, -100.F, 1000.5F, -1000.5F, 1.0e-6F, 1.0e6F};

template <class F, std::size_t... I>
constexpr std::uint32_t result_bits(const F& f, std::size_t probe, std::index_sequence<I...>) {
  return __builtin_bit_cast(std::uint32_t,
                            static_cast<float>(f(probes[(probe + 7 * I) % probes.size()]...)));
}

template <int Arity, class F>
constexpr sameness compare_results(const F& a, const F& b) {
  using arguments = std::make_index_sequence<static_cast<std::size_t>(Arity)>;
  bool compared = false;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (!__builtin_constant_p(result_bits(a, i, arguments{}))) continue;
    if (!__builtin_constant_p(result_bits(b, i, arguments{}))) return sameness::different;
    if (result_bits(a, i, arguments{}) != result_bits(b, i, arguments{})) {
      return sameness::different;
    }
    compared = true;
  }
  return compared ? sameness::same : sameness::unknown;
}

}  // namespace detail

/// Compares two callables of Arity floats: by ==, or because their type is empty, or by the bytes
/// of their captures. Captured pointers and references have no bytes in a constant expression; such
/// callables are the same if they return the same at 31 points, and unknown if they cannot be
/// called there. A callable that must be told apart more finely has an operator==.
///
/// @law  compare_callables<n>(f, f) is never different
template <int Arity, class F>
constexpr sameness compare_callables(const F& a, const F& b) {
  if constexpr (requires {
                  { a == b } -> std::convertible_to<bool>;
                }) {
    return a == b ? sameness::same : sameness::different;
  } else if constexpr (std::is_empty_v<F>) {
    return sameness::same;
  } else {
    const sameness by_bytes = detail::compare_bytes(a, b);
    return by_bytes == sameness::unknown ? detail::compare_results<Arity>(a, b) : by_bytes;
  }
}

}  // namespace kiln::dsl
