// SPDX-License-Identifier: MIT
// The instruction sets that kernels can be compiled for, and what a machine must offer for each.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/simd/processor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kiln::dispatch {
inline namespace KILN_ISA {

/// Instruction sets, each better than those before it. `any` is what every machine of the
/// architecture has: SSE2 on x86-64.
enum class isa : std::uint8_t {
  any,
  sse4,
  avx2,
  avx2_vnni,
  avx512,
  avx512_vnni,
  avx512_bf16,
  amx,
};
inline constexpr std::size_t isa_count = 8;

/// All of them, the best one last.
inline constexpr std::array<isa, isa_count> every_isa{isa::any,
                                                      isa::sse4,
                                                      isa::avx2,
                                                      isa::avx2_vnni,
                                                      isa::avx512,
                                                      isa::avx512_vnni,
                                                      isa::avx512_bf16,
                                                      isa::amx};

/// The name, as in KILN_ISA_NAME, in kiln_add_kernels() and in the environment.
constexpr std::string_view name_of(isa i) {
#if defined(__x86_64__)
  constexpr std::string_view lowest = "sse2";
#else
  constexpr std::string_view lowest = "portable";
#endif
  constexpr std::array<std::string_view, isa_count> names{
      lowest, "sse4", "avx2", "avx2_vnni", "avx512", "avx512_vnni", "avx512_bf16", "amx"};
  return names[static_cast<std::size_t>(i)];
}

/// The one of that name.
constexpr std::optional<isa> isa_named(std::string_view name) {
  for (const isa i : every_isa) {
    if (name_of(i) == name) return i;
  }
  return std::nullopt;
}

namespace detail {

/// Bits that must be set. What a compiler may use beside the vectors (BMI, LZCNT, MOVBE) counts.
struct needs final {
  simd::processor bits;

  [[nodiscard]] constexpr bool met_by(const simd::processor& p) const {
    const auto has = [](std::uint32_t actual, std::uint32_t wanted) {
      return (actual & wanted) == wanted;
    };
    return has(p.leaf1_c, bits.leaf1_c) && has(p.leaf7_b, bits.leaf7_b)
           && has(p.leaf7_c, bits.leaf7_c) && has(p.leaf7_d, bits.leaf7_d)
           && has(p.leaf7_1_a, bits.leaf7_1_a) && has(p.extended_c, bits.extended_c)
           && has(p.saved, bits.saved);
  }
};

template <class... Bit>
constexpr std::uint32_t bits(Bit... number) {
  return ((std::uint32_t{1} << number) | ... | 0U);
}

// Bits by the numbers of Intel's manual, volume 2, CPUID; each set has those of the one before.
constexpr needs needs_of(isa i) {
  simd::processor p;
  if (i >= isa::sse4) {
    p.leaf1_c |= bits(0, 9, 13, 19, 20, 23);  // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT
    p.extended_c |= bits(0);                  // LAHF
  }
  if (i >= isa::avx2) {
    p.leaf1_c |= bits(12, 22, 27, 28, 29);  // FMA, MOVBE, OSXSAVE, AVX, F16C
    p.leaf7_b |= bits(3, 5, 8);             // BMI1, AVX2, BMI2
    p.extended_c |= bits(5);                // LZCNT
    p.saved |= bits(1, 2);                  // xmm, ymm
  }
  if (i == isa::avx2_vnni) p.leaf7_1_a |= bits(4);
  if (i >= isa::avx512) {
    p.leaf7_b |= bits(16, 17, 28, 30, 31);  // F, DQ, CD, BW, VL
    p.saved |= bits(5, 6, 7);               // masks, zmm
  }
  if (i >= isa::avx512_vnni) p.leaf7_c |= bits(11);
  if (i >= isa::avx512_bf16) p.leaf7_1_a |= bits(5);
  if (i == isa::amx) {
    p.leaf7_d |= bits(22, 24, 25);  // bf16, tiles, bytes
    p.saved |= bits(17, 18);        // their configuration, tiles
  }
  return {p};
}

}  // namespace detail

/// True if code for this instruction set runs on a machine whose processor says so. For amx the
/// system's permission comes on top: simd::may_use_tiles().
constexpr bool offers(const simd::processor& p, isa i) { return detail::needs_of(i).met_by(p); }

}  // namespace KILN_ISA
}  // namespace kiln::dispatch
