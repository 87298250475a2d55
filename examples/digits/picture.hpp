// SPDX-License-Identifier: MIT
// Digits as pictures in a terminal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>

namespace digits {

/// An 8 x 8 image with values 0..1, and what stands below it.
struct caption final {
  std::span<const float, 64> image =
      std::span<const float, 64>(static_cast<const float*>(nullptr), 64);
  std::size_t read = 0;
  std::size_t written = 0;
};

/// Two characters a pixel, which are about as wide as high.
inline std::string shade(float value) {
  static constexpr const char* shades[] = {"  ", "░░", "▒▒", "▓▓", "██"};
  const auto step = static_cast<std::size_t>(value * 4.999F);
  return shades[step > 4 ? 4 : step];
}

/// Images side by side, and below each "read 7, written 7".
template <std::size_t N>
void print_row(const std::array<caption, N>& captions) {
  for (std::size_t row = 0; row < 8; ++row) {
    for (const auto& c : captions) {
      for (std::size_t column = 0; column < 8; ++column) {
        std::fputs(shade(c.image[row * 8 + column]).c_str(), stdout);
      }
      std::fputs("   ", stdout);
    }
    std::putchar('\n');
  }
  for (const auto& c : captions) {
    std::printf("read %zu, written %zu%s", c.read, c.written, c.read == c.written ? "  " : " !");
  }
  std::puts("\n");
}

}  // namespace digits
