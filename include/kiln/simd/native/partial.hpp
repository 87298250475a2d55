// SPDX-License-Identifier: MIT
// Moves fewer bytes than a register holds, touching no other byte: for targets without masks.
#pragma once

#include <kiln/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kiln::simd::native {
inline namespace KILN_ISA {

namespace detail {
template <class Word>
KILN_INLINE Word read(const unsigned char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}
template <class Word>
KILN_INLINE void write(unsigned char* p, Word word) {
  std::memcpy(p, &word, sizeof word);
}
}  // namespace detail

/// The first n < 8 bytes at p as a number, the rest zero: two overlapping words, no loop.
KILN_INLINE std::uint64_t read_bytes(const unsigned char* p, std::size_t n) {
  using detail::read;
  if (n >= 4) {
    const std::uint64_t high = read<std::uint32_t>(p + n - 4);
    return read<std::uint32_t>(p) | high << 8 * (n - 4);
  }
  if (n >= 2) {
    const std::uint64_t high = read<std::uint16_t>(p + n - 2);
    return read<std::uint16_t>(p) | high << 8 * (n - 2);
  }
  return n == 1 ? *p : 0U;
}

/// The first n = 1, 2 or 3 bytes at p as a number, the rest zero: no branch.
KILN_INLINE std::uint32_t read_few(const unsigned char* p, std::size_t n) {
  const std::size_t middle = n / 2;
  const std::size_t last = n - 1;
  return p[0] | static_cast<std::uint32_t>(p[middle]) << 8 * middle
         | static_cast<std::uint32_t>(p[last]) << 8 * last;
}

/// Writes the low n < 8 bytes of a number.
KILN_INLINE void write_bytes(unsigned char* p, std::uint64_t bytes, std::size_t n) {
  using detail::write;
  if (n >= 4) {
    write(p, static_cast<std::uint32_t>(bytes));
    write(p + n - 4, static_cast<std::uint32_t>(bytes >> 8 * (n - 4)));
  } else if (n >= 2) {
    write(p, static_cast<std::uint16_t>(bytes));
    write(p + n - 2, static_cast<std::uint16_t>(bytes >> 8 * (n - 2)));
  } else if (n == 1) {
    *p = static_cast<unsigned char>(bytes);
  }
}

/// Sixteen bytes as two numbers: what half a register moves through.
struct byte_pair final {
  std::uint64_t low, high;
};

/// The first n <= 16 bytes at p, the rest zero.
KILN_INLINE byte_pair read_pair(const void* from, std::size_t n) {
  const auto* p = static_cast<const unsigned char*>(from);
  if (n < 8) return {read_bytes(p, n), 0};
  const auto low = detail::read<std::uint64_t>(p);
  return {low, n == 16 ? detail::read<std::uint64_t>(p + 8) : read_bytes(p + 8, n - 8)};
}

/// Writes the low n <= 16 bytes.
KILN_INLINE void write_pair(void* to, byte_pair bytes, std::size_t n) {
  auto* p = static_cast<unsigned char*>(to);
  if (n < 8) return write_bytes(p, bytes.low, n);
  detail::write(p, bytes.low);
  if (n == 16) return detail::write(p + 8, bytes.high);
  write_bytes(p + 8, bytes.high, n - 8);
}

}  // namespace KILN_ISA
}  // namespace kiln::simd::native
