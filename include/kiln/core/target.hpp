// SPDX-License-Identifier: MIT
// The machine that is compiled for, as plain numbers: lanes, registers, cache sizes.
#pragma once

#include <kiln/core/config.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::core {

/// How vectors of floats are computed. `portable` is whatever xsimd offers (SSE, AVX, NEON).
enum class isa : std::uint8_t { scalar, portable, avx2, avx512 };

/// The name, as in kernel labels.
constexpr std::string_view name_of(isa i) {
  constexpr std::string_view names[] = {"scalar", "portable", "avx2", "avx512"};
  return names[static_cast<int>(i)];
}

/// What a plan needs to know about a machine. A plan takes it as a value, so that one can be made
/// for another machine than this one: `target t = core::native; t.l2_bytes = 2 << 20;`.
struct target final {
  core::isa isa;
  int lanes;              // floats in a vector register
  int registers;          // vector registers
  int l1_bytes;           // data cache nearest to one core
  int l2_bytes;           // next cache, of one core
  bool byte_dot = false;  // has an instruction for sums of products of bytes (VNNI)
  bool pair_dot = false;  // has one for pairs of bf16 that beats two multiply-adds
  bool tiles = false;     // has a matrix unit for both (AMX)

  friend constexpr bool operator==(const target&, const target&) = default;
};

/// Sizes that every machine of the last ten years has at least; a larger cache only wins a little.
inline constexpr int common_l1_bytes = 32 * 1024;
inline constexpr int common_l2_bytes = 1024 * 1024;

// Differs between units of one program that are compiled for different machines, hence the
// namespace.
inline namespace KILN_ISA {
namespace machine {
/// Vector registers: of the machine, whatever uses them.
#if KILN_ISA_AVX512 || (KILN_ISA_PORTABLE && defined(__AVX512F__)) || defined(__aarch64__)
inline constexpr int register_count = 32;
#else
inline constexpr int register_count = 16;
#endif

/// Floats in one of them.
#if KILN_ISA_SCALAR
inline constexpr int lane_count = 1;
#elif KILN_ISA_AVX512 || (KILN_ISA_PORTABLE && defined(__AVX512F__))
inline constexpr int lane_count = 16;
#elif defined(__AVX__)
inline constexpr int lane_count = 8;
#else
inline constexpr int lane_count = 4;
#endif

/// An instruction for sums of products of bytes.
#if (KILN_ISA_AVX512 && defined(__AVX512VNNI__)) || (KILN_ISA_AVX2 && defined(__AVXVNNI__))
inline constexpr bool has_byte_dot = true;
#else
inline constexpr bool has_byte_dot = false;
#endif
/// A matrix unit, for bytes and for bf16; clang has names of its own for it.
#if KILN_ISA_AVX512 && defined(__AMX_TILE__) && defined(__AMX_INT8__) && defined(__AMX_BF16__)
inline constexpr bool has_tiles = true;
#elif KILN_ISA_AVX512 && defined(__AMXTILE__) && defined(__AMXINT8__) && defined(__AMXBF16__)
inline constexpr bool has_tiles = true;
#else
inline constexpr bool has_tiles = false;
#endif
/// A fast instruction for sums of products of pairs of bf16. Where AMX is, vdpbf16ps is slow: one
/// in two cycles, half of what two multiply-adds do (Sapphire Rapids; Zen 4 starts one in each
/// cycle, twice what two multiply-adds do).
#if KILN_ISA_AVX512 && defined(__AVX512BF16__) && !defined(__AMX_BF16__) && !defined(__AMXBF16__)
inline constexpr bool has_pair_dot = true;
#else
inline constexpr bool has_pair_dot = false;
#endif
}  // namespace machine

/// The machine that this translation unit is compiled for.
inline constexpr target native{
    .isa = isa::KILN_ISA_FAMILY,
    .lanes = machine::lane_count,
    .registers = machine::register_count,
    .l1_bytes = common_l1_bytes,
    .l2_bytes = common_l2_bytes,
    .byte_dot = machine::has_byte_dot,
    .pair_dot = machine::has_pair_dot,
    .tiles = machine::has_tiles,
};
}  // namespace KILN_ISA

}  // namespace kiln::core
