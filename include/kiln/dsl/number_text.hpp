// SPDX-License-Identifier: MIT
// A number as text inside a type, for compile errors: clang 14 prints too few digits of its own.
#pragma once

#include <kiln/core/fixed_string.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

namespace kiln::dsl {

namespace detail {

/// At most 24 characters.
struct short_text final {
  std::array<char, 24> chars{};
  std::size_t size = 0;
  constexpr void add(char c) { chars[size++] = c; }
  constexpr void add(std::string_view s) {
    for (const char c : s) add(c);
  }
};

constexpr int decimal_digits = 11;

constexpr double power_of_ten(int exponent) {
  double r = 1;
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) r *= 10;
  return exponent < 0 ? 1 / r : r;
}

constexpr void add_exponent(short_text& to, int exponent) {
  to.add('e');
  to.add(exponent < 0 ? '-' : '+');
  const int e = exponent < 0 ? -exponent : exponent;
  if (e >= 100) to.add(static_cast<char>('0' + e / 100));
  to.add(static_cast<char>('0' + e / 10 % 10));
  to.add(static_cast<char>('0' + e % 10));
}

// The digits of 0 < value, then the exponent where it is large: 0.1, 1.5, 1e+300.
constexpr void add_positive(short_text& to, double value) {
  int exponent = 0;
  double scaled = value;
  for (; scaled >= 10; ++exponent) scaled /= 10;
  for (; scaled < 1; --exponent) scaled *= 10;
  auto digits = static_cast<long long>(scaled * power_of_ten(decimal_digits - 1) + 0.5);
  if (digits >= static_cast<long long>(power_of_ten(decimal_digits))) {  // 9.99... became 10
    digits /= 10;
    ++exponent;
  }
  int count = decimal_digits;
  for (; count > 1 && digits % 10 == 0; --count) digits /= 10;
  std::array<char, decimal_digits + 1> d{};
  for (int i = count; i-- > 0; digits /= 10) {
    d[static_cast<std::size_t>(i)] = static_cast<char>('0' + digits % 10);
  }
  const bool plain = exponent >= -4 && exponent < decimal_digits;
  if (plain && exponent < 0) {
    to.add("0.");
    for (int i = -1; i > exponent; --i) to.add('0');
  }
  const int point = plain ? exponent : 0;
  for (int i = 0; i < count || i <= point; ++i) {
    to.add(i < count ? d[static_cast<std::size_t>(i)] : '0');
    if (i == point && i + 1 < count) to.add('.');
  }
  if (!plain) add_exponent(to, exponent);
}

constexpr short_text decimal(double value) {
  short_text r{};
  if (value != value) {
    r.add("nan");
    return r;
  }
  if (value < 0) r.add('-');
  const double magnitude = value < 0 ? -value : value;
  if (magnitude > std::numeric_limits<double>::max()) {
    r.add("inf");
  } else if (magnitude < std::numeric_limits<double>::min()) {
    r.add('0');
  } else {
    detail::add_positive(r, magnitude);
  }
  return r;
}

template <class Get, std::size_t... I>
consteval auto spell_number(std::index_sequence<I...>) {
  constexpr short_text t = decimal(Get::value());
  return core::text<t.chars[I]...>{};
}

}  // namespace detail

/// The decimal text of Get::value() with 11 significant digits.
template <class Get>
using number_text = decltype(detail::spell_number<Get>(
    std::make_index_sequence<detail::decimal(Get::value()).size>{}));

}  // namespace kiln::dsl
