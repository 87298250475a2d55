// SPDX-License-Identifier: MIT
// Names and shapes as error texts show them: short and printable, whatever a file says.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kiln::io {

/// A name as error texts show it: in quotes, unprintable bytes escaped, long ones cut.
///
/// @cost      at most 64 bytes of the name are looked at
/// @errors    none
inline std::string quoted(std::string_view name) {
  constexpr std::size_t shown = 64;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "'";
  for (const char c : name.substr(0, shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    } else {
      text += c;
    }
  }
  return text + (name.size() > shown ? "...'" : "'");
}

/// A shape as error texts show it: "[2, 3]", long ones cut.
///
/// @errors    none
inline std::string shape_text(std::span<const std::size_t> shape) {
  constexpr std::size_t shown = 8;
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + (shape.size() > shown ? ", ...]" : "]");
}

}  // namespace kiln::io
