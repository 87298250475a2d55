// SPDX-License-Identifier: MIT
// Text that constant expressions can build too, and how numbers are written into it.
#pragma once

#include <kiln/core/unreachable.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kiln::graph {

/// What text is written to: std::string at run time, text_buffer in constant expressions.
template <class Text>
concept text_sink = requires(Text& text, std::string_view more) {
  text.push_back('x');
  text.append(more);
};

/// Text of at most Capacity characters. More is a hard error of the evaluation.
///
/// @models  text_sink
template <std::size_t Capacity>
class text_buffer final {
 public:
  constexpr void push_back(char c) {
    if (size_ == Capacity) core::unreachable("text buffer capacity exceeded");
    chars_[size_++] = c;
  }
  constexpr void append(std::string_view more) {
    for (const char c : more) push_back(c);
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars_.data(), size_}; }

 private:
  std::array<char, Capacity> chars_{};
  std::size_t size_ = 0;
};

/// Writes an integer in decimal.
template <text_sink Text>
constexpr void append_integer(Text& to, std::int64_t value) {
  std::array<char, 20> digits{};
  std::size_t count = 0;
  const bool negative = value < 0;
  auto rest = static_cast<std::uint64_t>(value);
  if (negative) rest = 0 - rest;
  do {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (negative) to.push_back('-');
  while (count > 0) to.push_back(digits[--count]);
}

namespace detail {

/// digits * 10^exponent.
struct decimal final {
  std::int64_t digits = 0;
  int exponent = 0;
};

constexpr double scaled(double x, int exponent) {
  double power = 1;
  for (int i = exponent < 0 ? -exponent : exponent; i > 0; --i) power *= 10;
  return exponent < 0 ? x / power : x * power;
}

// The fewest digits that f32 reads back as x; nine always do. x is finite and positive.
constexpr decimal shortest(float x) {
  const double wide = static_cast<double>(x);
  int magnitude = 0;  // 10^magnitude <= x < 10^(magnitude + 1)
  for (double m = wide; m >= 10; m /= 10) ++magnitude;
  for (double m = wide; m < 1; m *= 10) --magnitude;
  decimal r{};
  for (int count = 1; count <= 9; ++count) {
    r.exponent = magnitude - count + 1;
    r.digits = static_cast<std::int64_t>(scaled(wide, -r.exponent) + 0.5);
    const double back = scaled(static_cast<double>(r.digits), r.exponent);
    if (back <= 3.4028234663852886e38 && static_cast<float>(back) == x) break;
  }
  for (; r.digits % 10 == 0; r.digits /= 10) ++r.exponent;  // 9.99 was rounded to 10
  return r;
}

template <text_sink Text>
constexpr void append_decimal(Text& to, decimal d) {
  std::array<char, 12> digits{};
  int count = 0;
  for (std::int64_t rest = d.digits; rest != 0; rest /= 10) {
    digits[static_cast<std::size_t>(count++)] = static_cast<char>('0' + rest % 10);
  }
  const int point = count + d.exponent;  // digits before the point
  const bool plain = point > -4 && point <= 9;
  const int whole = plain ? point : 1;
  if (whole <= 0) to.append("0.");
  for (int i = whole; i < 0; ++i) to.push_back('0');
  for (int i = 0; i < count || i < whole; ++i) {
    if (i == whole && i > 0) to.push_back('.');
    to.push_back(i < count ? digits[static_cast<std::size_t>(count - 1 - i)] : '0');
  }
  if (plain) return;
  to.push_back('e');
  append_integer(to, point - 1);
}

}  // namespace detail

/// Writes a float with as few digits as read back as the same float: 0.1, -2, 1e-5, inf, nan.
template <text_sink Text>
constexpr void append_float(Text& to, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const bool special = (bits & 0x7f800000U) == 0x7f800000U;
  const bool negative = (bits >> 31U) != 0;
  if (special && (bits & 0x007fffffU) != 0) {
    to.append("nan");
  } else if (special) {
    to.append(negative ? "-inf" : "inf");
  } else {
    if (negative) to.push_back('-');
    if ((bits << 1U) == 0) {
      to.push_back('0');
    } else {
      detail::append_decimal(to, detail::shortest(value < 0 ? -value : value));
    }
  }
}

}  // namespace kiln::graph
