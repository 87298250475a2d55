// SPDX-License-Identifier: MIT
// Reads and writes JSON strings, strictly: escapes, surrogate pairs, and UTF-8 that is well formed.
#pragma once

#include <kiln/io/cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::io {

/// True where every byte belongs to a shortest-form UTF-8 sequence of a Unicode scalar value.
///
/// @cost      one pass
/// @errors    none
/// @source    Unicode 15.0, table 3-7
constexpr bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (more > 0 && (lead < 0xc2 || lead > 0xf4)) return false;
    if (text.size() - i <= more) return false;
    for (std::size_t j = 1; j <= more; ++j) {
      // Only the second byte is narrowed: no overlong form, no surrogate, nothing past U+10FFFF.
      const unsigned low = j > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      const unsigned high = j > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      const auto byte = static_cast<unsigned char>(text[i + j]);
      if (byte < low || byte > high) return false;
    }
    i += more + 1;
  }
  return true;
}

namespace detail {

inline void append_utf8(std::string& text, std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80 | (point >> shift & 0x3f));
  };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | point >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0 | point >> 18);
    tail(12), tail(6), tail(0);
  }
}

inline std::uint32_t four_digits(cursor& from) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = from.take("four hexadecimal digits");
    const auto digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    if (digit == std::string_view::npos) from.fail("four hexadecimal digits");
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

inline void append_escape(std::string& text, cursor& from) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const char c = from.take("an escape");
  if (c != 'u') {
    const auto which = names.find(c);
    if (which == std::string_view::npos) from.fail("after '\\' one of \"\\/bfnrtu");
    text += meanings[which];
    return;
  }
  std::uint32_t point = four_digits(from);
  if (point >= 0xd800 && point < 0xdc00) {
    const bool paired = from.take("a surrogate pair") == '\\' && from.take("a pair") == 'u';
    const std::uint32_t low = paired ? four_digits(from) : 0;
    if (low < 0xdc00 || low > 0xdfff) from.fail("the second half of a surrogate pair");
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  } else if (point >= 0xdc00 && point < 0xe000) {
    from.fail("the first half of a surrogate pair");
  }
  append_utf8(text, point);
}

}  // namespace detail

/// Reads one string, in quotes, and returns what it means.
///
/// @cost      linear in the string
/// @errors    run time: no string, an unknown escape, half a surrogate pair, a raw control
///            character, malformed UTF-8, no closing quote
/// @source    RFC 8259, section 7
inline std::string json_string(cursor& from) {
  constexpr std::string_view wanted = "a closing '\"'";
  std::string text;
  from.expect("\"");
  for (char c = from.take(wanted); c != '"'; c = from.take(wanted)) {
    if (static_cast<unsigned char>(c) < 0x20) from.fail("no control character in a string");
    if (c == '\\') {
      detail::append_escape(text, from);
    } else {
      text += c;
    }
  }
  if (!is_utf8(text)) from.fail("well-formed UTF-8 in the string before");
  return text;
}

/// The JSON spelling of a text, quotes included.
///
/// @pre       is_utf8(text)
/// @errors    none
inline std::string json_quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') json += '\\';
    if (byte < 0x20) {
      json += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace kiln::io
