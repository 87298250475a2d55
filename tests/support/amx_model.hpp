// SPDX-License-Identifier: MIT
// What AMX instructions do, as plain code: the oracle of everything that runs on tiles.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kiln::test {

/// The tiles of one thread. Each member is an instruction and returns false where the machine
/// would raise an exception; then nothing has changed.
class amx_model final {
 public:
  static constexpr std::size_t tiles = 8;
  static constexpr std::size_t most_rows = 16;
  static constexpr std::size_t most_bytes = 64;

  /// ldtilecfg.
  constexpr bool load_config(const std::uint8_t* c) {
    if (c[0] == 0) {
      *this = {};
      return true;
    }
    amx_model next;
    if (c[0] != 1) return false;
    next.palette_ = 1;
    next.start_row_ = c[1];
    for (std::size_t i = 2; i < 16; ++i) {
      if (c[i] != 0) return false;
    }
    for (std::size_t t = 0; t < 16; ++t) {
      const unsigned bytes = c[16 + 2 * t] + 256U * c[17 + 2 * t];
      const unsigned rows = c[48 + t];
      if (bytes > most_bytes || rows > most_rows || (bytes == 0) != (rows == 0)) return false;
      if (t < tiles) {
        next.bytes_[t] = bytes;
        next.rows_[t] = rows;
      } else if (rows != 0) {
        return false;
      }
    }
    *this = next;
    return true;
  }
  /// sttilecfg.
  constexpr void store_config(std::uint8_t* c) const {
    for (std::size_t i = 0; i < 64; ++i) c[i] = 0;
    c[0] = palette_;
    c[1] = start_row_;
    for (std::size_t t = 0; t < tiles; ++t) {
      c[16 + 2 * t] = static_cast<std::uint8_t>(bytes_[t]);
      c[48 + t] = static_cast<std::uint8_t>(rows_[t]);
    }
  }
  /// tilerelease.
  constexpr void release() { *this = {}; }

  /// tileloadd and tileloaddt1. Row by row, as an interrupted one would go on.
  bool load(std::size_t t, const std::uint8_t* from, std::ptrdiff_t stride) {
    if (!is_used(t)) return false;
    data_[t] = {};
    for (std::size_t r = start_row_; r < rows_[t]; ++r) {
      std::memcpy(data_[t][r].data(), from + static_cast<std::ptrdiff_t>(r) * stride, bytes_[t]);
    }
    start_row_ = 0;
    return true;
  }
  /// tilestored.
  bool store(std::size_t t, std::uint8_t* to, std::ptrdiff_t stride) {
    if (!is_used(t)) return false;
    for (std::size_t r = start_row_; r < rows_[t]; ++r) {
      std::memcpy(to + static_cast<std::ptrdiff_t>(r) * stride, data_[t][r].data(), bytes_[t]);
    }
    start_row_ = 0;
    return true;
  }
  /// tilezero.
  constexpr bool zero(std::size_t t) {
    if (!is_used(t)) return false;
    data_[t] = {};
    return true;
  }

  /// tdpb[su][su]d.
  constexpr bool add_bytes(
      std::size_t c, std::size_t a, std::size_t b, bool a_signed, bool b_signed) {
    if (!fit(c, a, b)) return false;
    for (std::size_t i = 0; i < rows_[c]; ++i) {
      for (std::size_t j = 0; j < bytes_[c] / 4; ++j) {
        std::uint32_t sum = word(c, i, j);
        for (std::size_t k = 0; k < rows_[b]; ++k) {
          for (std::size_t q = 0; q < 4; ++q) {
            const int x = number(data_[a][i][4 * k + q], a_signed);
            const int y = number(data_[b][k][4 * j + q], b_signed);
            sum += static_cast<std::uint32_t>(x * y);
          }
        }
        set_word(c, i, j, sum);
      }
    }
    return true;
  }

  /// tdpbf16ps: the first elements of all pairs, and the second ones, each in a chain of their own.
  bool add_pairs(std::size_t c, std::size_t a, std::size_t b) {
    if (!fit(c, a, b)) return false;
    for (std::size_t i = 0; i < rows_[c]; ++i) {
      for (std::size_t j = 0; j < bytes_[c] / 4; ++j) {
        float chain[2] = {0, 0};
        for (std::size_t k = 0; k < rows_[b]; ++k) {
          const std::uint32_t x = word(a, i, k);
          const std::uint32_t y = word(b, k, j);
          chain[0] = flushed(std::fma(upper(x << 16), upper(y << 16), chain[0]));
          chain[1] = flushed(std::fma(upper(x), upper(y), chain[1]));
        }
        const float both = flushed(chain[0] + chain[1]);
        const float sum = flushed(flushed(std::bit_cast<float>(word(c, i, j))) + both);
        set_word(c, i, j, std::bit_cast<std::uint32_t>(sum));
      }
    }
    return true;
  }

  [[nodiscard]] constexpr std::uint32_t word(std::size_t t, std::size_t row, std::size_t i) const {
    std::uint32_t w = 0;
    for (std::size_t q = 4; q-- > 0;) w = (w << 8) | data_[t][row][4 * i + q];
    return w;
  }
  constexpr void set_word(std::size_t t, std::size_t row, std::size_t i, std::uint32_t w) {
    for (std::size_t q = 0; q < 4; ++q, w >>= 8) {
      data_[t][row][4 * i + q] = static_cast<std::uint8_t>(w);
    }
  }

 private:
  [[nodiscard]] constexpr bool is_used(std::size_t t) const {
    return palette_ != 0 && t < tiles && rows_[t] != 0 && start_row_ < rows_[t];
  }
  [[nodiscard]] constexpr bool fit(std::size_t c, std::size_t a, std::size_t b) const {
    return is_used(c) && is_used(a) && is_used(b) && c != a && c != b && a != b && start_row_ == 0
           && rows_[c] == rows_[a] && bytes_[c] == bytes_[b] && bytes_[a] / 4 == rows_[b]
           && bytes_[a] % 4 == 0 && bytes_[b] % 4 == 0;
  }
  static constexpr int number(std::uint8_t x, bool is_signed) {
    return is_signed && x >= 128 ? int{x} - 256 : int{x};
  }
  // Denormal numbers count as zero and become zero, with their sign.
  static float flushed(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return (bits & 0x7f800000U) == 0 ? std::bit_cast<float>(bits & 0x80000000U) : x;
  }
  static float upper(std::uint32_t w) { return flushed(std::bit_cast<float>(w & 0xffff0000U)); }

  std::uint8_t palette_ = 0;
  std::uint8_t start_row_ = 0;
  std::array<std::size_t, tiles> bytes_{};
  std::array<std::size_t, tiles> rows_{};
  std::array<std::array<std::array<std::uint8_t, most_bytes>, most_rows>, tiles> data_{};
};

}  // namespace kiln::test
