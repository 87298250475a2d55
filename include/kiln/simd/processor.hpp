// SPDX-License-Identifier: MIT
// What this machine's processor and its system say about themselves; read, not interpreted.
#pragma once

#include <kiln/core/config.hpp>

#include <cstdint>

#if defined(__x86_64__)
#  include <cpuid.h>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

/// Registers in which an x86 processor tells what it can do, and those in which the system tells
/// what it saves when threads change. All zero on other machines.
struct processor final {
  std::uint32_t leaf1_c = 0;     // SSE3 ... AVX
  std::uint32_t leaf7_b = 0;     // AVX2, AVX-512
  std::uint32_t leaf7_c = 0;     // VBMI, VNNI
  std::uint32_t leaf7_d = 0;     // AMX
  std::uint32_t leaf7_1_a = 0;   // AVX-VNNI, BF16
  std::uint32_t extended_c = 0;  // LZCNT
  std::uint32_t saved = 0;       // XCR0: registers that survive a change of threads

  friend constexpr bool operator==(const processor&, const processor&) = default;
};

/// Asks the processor. Needs nothing that an x86-64 may lack.
///
/// @cost    some cpuid, each of which leaves a virtual machine: microseconds
/// @errors  none
inline processor this_processor() noexcept {
  processor p;
#if defined(__x86_64__)
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return p;
  p.leaf1_c = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    p.leaf7_b = b;
    p.leaf7_c = c;
    p.leaf7_d = d;
    const bool has_more = a >= 1;
    if (has_more && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0) p.leaf7_1_a = a;
  }
  if (__get_cpuid(0x80000001U, &a, &b, &c, &d) != 0) p.extended_c = c;
  constexpr std::uint32_t may_ask_the_system = 1U << 27;
  if ((p.leaf1_c & may_ask_the_system) != 0) {
    asm volatile("xgetbv" : "=a"(p.saved), "=d"(d) : "c"(0));
  }
#endif
  return p;
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
