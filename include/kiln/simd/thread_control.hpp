// SPDX-License-Identifier: MIT
// What a thread tells its core: that it is waiting, and how floating-point numbers are rounded.
#pragma once

#include <kiln/core/config.hpp>

#include <cstdint>

namespace kiln::simd {
inline namespace KILN_ISA {

/// Waits a moment (some ten to a hundred cycles) in a loop that looks at memory: leaves the core to
/// its other thread and costs no mispredicted load at the end.
KILN_INLINE void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  asm volatile("pause" ::: "memory");
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#else
  asm volatile("" ::: "memory");
#endif
}

/// How this thread rounds, flushes denormals and masks exceptions; without the flags of what
/// happened. Where nothing is known of the target, 0.
KILN_INLINE std::uint32_t float_control() noexcept {
#if defined(__SSE__)
  std::uint32_t word = 0;
  asm volatile("stmxcsr %0" : "=m"(word));
  return word & ~std::uint32_t{0x3f};
#elif defined(__aarch64__)
  std::uint64_t word = 0;
  asm volatile("mrs %0, fpcr" : "=r"(word));
  return static_cast<std::uint32_t>(word);
#else
  return 0;
#endif
}

/// Makes this thread round, flush and mask as another one did that read float_control().
KILN_INLINE void set_float_control([[maybe_unused]] std::uint32_t control) noexcept {
#if defined(__SSE__)
  asm volatile("ldmxcsr %0" ::"m"(control) : "memory");
#elif defined(__aarch64__)
  asm volatile("msr fpcr, %0" ::"r"(static_cast<std::uint64_t>(control)) : "memory");
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
