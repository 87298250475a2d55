// SPDX-License-Identifier: MIT
// The matrix unit of x86 (AMX): eight tiles of up to 16 rows of 64 bytes, and what it does to them.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/unreachable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__AVX512BW__)
#  include <immintrin.h>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

/// How many tiles there are, and the most that each of them holds.
inline constexpr int tile_count = 8;
inline constexpr int tile_rows = 16;
inline constexpr int tile_row_bytes = 64;

/// Rows and bytes in a row of one tile; a tile without both is not used.
struct tile_shape final {
  int rows = 0;
  int row_bytes = 0;

  friend constexpr bool operator==(const tile_shape&, const tile_shape&) = default;
};

/// The 64 bytes that ldtilecfg reads.
struct alignas(64) tile_config final {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::array<std::uint8_t, 14> reserved{};
  std::array<std::uint16_t, 16> row_bytes{};  // of the eight tiles; the others stay zero
  std::array<std::uint8_t, 16> rows{};

  friend constexpr bool operator==(const tile_config&, const tile_config&) = default;
};
static_assert(sizeof(tile_config) == 64 && std::is_trivially_copyable_v<tile_config>);
static_assert(offsetof(tile_config, row_bytes) == 16 && offsetof(tile_config, rows) == 48);

/// True if the machine accepts tiles of these shapes.
constexpr bool is_valid(const std::array<tile_shape, tile_count>& shapes) {
  for (const tile_shape& s : shapes) {
    if (s.rows < 0 || s.rows > tile_rows) return false;
    if (s.row_bytes < 0 || s.row_bytes > tile_row_bytes || s.row_bytes % 4 != 0) return false;
    if ((s.rows == 0) != (s.row_bytes == 0)) return false;
  }
  return true;
}

/// The configuration for eight tiles.
///
/// @errors  shapes that the machine would refuse stop the compiler in a constant expression, else
///          the program
constexpr tile_config configure_tiles(const std::array<tile_shape, tile_count>& shapes) {
  if (!is_valid(shapes)) core::unreachable("tiles of a shape that the machine refuses");
  tile_config c{};
  for (std::size_t t = 0; t < tile_count; ++t) {
    c.row_bytes[t] = static_cast<std::uint16_t>(shapes[t].row_bytes);
    c.rows[t] = static_cast<std::uint8_t>(shapes[t].rows);
  }
  return c;
}

// Statements instead of the compiler's intrinsics: g++ 12 takes the stores that fill a
// configuration or a buffer for dead ones, and its intrinsics want literal numbers of tiles. The
// compilers never use tiles on their own, so that none has to be named as overwritten.

/// Takes over a configuration; all tiles become zero.
///
/// @cost    about 50 ns
/// @pre     the process may use tiles: simd::may_use_tiles()
/// @errors  none
KILN_INLINE void load_tile_config(const tile_config& c) {
  asm volatile("ldtilecfg %0" : : "m"(c) : "memory");
}

/// The configuration in use; all zero if there is none.
///
/// @cost    about 5 ns
/// @errors  none
KILN_INLINE void store_tile_config(tile_config& c) {
  asm volatile("sttilecfg %0" : "=m"(c) : : "memory");
}

/// Gives the tiles up: the system has nothing of them to save any more.
///
/// @cost    about 4 ns
/// @errors  none
KILN_INLINE void release_tiles() { asm volatile("tilerelease" : : : "memory"); }

/// Fills tile T from rows that lie `stride` bytes apart; nothing else is read.
///
/// @cost    8 cycles from the first cache
/// @errors  none
template <int T>
KILN_INLINE void load_tile(const void* from, std::ptrdiff_t stride) {
  static_assert(0 <= T && T < tile_count);
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(T) : "memory");
}

/// The same for memory that will not be read again soon.
template <int T>
KILN_INLINE void load_tile_once(const void* from, std::ptrdiff_t stride) {
  static_assert(0 <= T && T < tile_count);
  asm volatile("tileloaddt1 (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(T) : "memory");
}

/// Writes the rows of tile T, `stride` bytes apart.
///
/// @cost    16 cycles
/// @errors  none
template <int T>
KILN_INLINE void store_tile(void* to, std::ptrdiff_t stride) {
  static_assert(0 <= T && T < tile_count);
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(stride), "i"(T) : "memory");
}

/// Sets tile T to zero.
///
/// @cost    nothing beyond its place in the queue
/// @errors  none
template <int T>
KILN_INLINE void zero_tile() {
  static_assert(0 <= T && T < tile_count);
  asm volatile("tilezero %%tmm%c0" : : "i"(T));
}

/// Which of two tiles of bytes hold signed ones: of a, then of b.
enum class byte_signs : int { signed_signed, signed_unsigned, unsigned_signed, unsigned_unsigned };

/// C[i][j] += sum over words k and bytes q of A[i][k].q * B[k][j].q, in 32-bit words.
///
/// @shape     A: [rows of C, words]; B: [words, words of C]
/// @cost      16 cycles for full tiles
/// @errors    none
/// @accuracy  exact; sums wrap around
template <byte_signs Signs, int C, int A, int B>
KILN_INLINE void add_tile_of_bytes() {
  static_assert(0 <= C && C < tile_count && 0 <= A && A < tile_count && 0 <= B && B < tile_count);
  static_assert(C != A && C != B && A != B, "the machine refuses a tile that stands twice");
  if constexpr (Signs == byte_signs::signed_signed) {
    asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(C), "i"(A), "i"(B));
  } else if constexpr (Signs == byte_signs::signed_unsigned) {
    asm volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(C), "i"(A), "i"(B));
  } else if constexpr (Signs == byte_signs::unsigned_signed) {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(C), "i"(A), "i"(B));
  } else {
    asm volatile("tdpbuud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(C), "i"(A), "i"(B));
  }
}

/// C[i][j] += (sum over k of A[i][k].0 * B[k][j].0) + (sum over k of A[i][k].1 * B[k][j].1), of
/// pairs of bf16, in f32.
///
/// @shape     A: [rows of C, words]; B: [words, words of C]
/// @cost      16 cycles for full tiles
/// @errors    none
/// @accuracy  two chains of fused multiply-adds from zero, their sum, and its sum with C, each
///            rounded to nearest; denormal numbers count as zero and become zero; the rounding
///            mode and flags of the thread play no part
template <int C, int A, int B>
KILN_INLINE void add_tile_of_pairs() {
  static_assert(0 <= C && C < tile_count && 0 <= A && A < tile_count && 0 <= B && B < tile_count);
  static_assert(C != A && C != B && A != B, "the machine refuses a tile that stands twice");
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(C), "i"(A), "i"(B));
}

/// A row for a tile at `to`: the first bytes at `from`, then zeros. No other byte is read.
///
/// @pre     bytes < tile_row_bytes; `to` is 64-byte aligned
/// @cost    one masked load where there are such
/// @errors  none
KILN_INLINE void copy_tile_row(std::byte* to, const std::byte* from, std::size_t bytes) {
#if defined(__AVX512BW__)
  const auto some = static_cast<__mmask64>((1ULL << bytes) - 1);
  _mm512_store_si512(to, _mm512_maskz_loadu_epi8(some, from));
#else
  std::memset(to, 0, tile_row_bytes);
  std::memcpy(to, from, bytes);
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
