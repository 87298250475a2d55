// SPDX-License-Identifier: MIT
// The only macros of the library: what the language cannot say, and the instruction set in use.
#pragma once

#if !defined(__GNUC__)
#  error "kiln: g++ 12 or clang 14 (or newer) is needed"
#endif

/// On functions that must disappear into their caller: a pack handed over in memory costs more than
/// what is done with it, and an emitted copy could be shared with a unit of another instruction
/// set.
#define KILN_INLINE inline __attribute__((always_inline))

/// The same for lambdas: `[&](auto i) KILN_INLINE_LAMBDA { ... }`.
#define KILN_INLINE_LAMBDA __attribute__((always_inline))

/// On paths that are never hot, so that their code stays away from what is.
#define KILN_NOINLINE __attribute__((noinline, cold))

#define KILN_RESTRICT __restrict__

/// 1 where errors are thrown, 0 under -fno-exceptions.
#if defined(__cpp_exceptions)
#  define KILN_EXCEPTIONS 1
#else
#  define KILN_EXCEPTIONS 0
#endif

// The instruction set, by what the compiler was told: exactly one of these four is 1. KILN_ISA is
// its name, an enumerator of core::isa and an inline namespace, so that units compiled for
// different machines can be linked into one program.
#define KILN_ISA_SCALAR 0
#define KILN_ISA_PORTABLE 0
#define KILN_ISA_AVX2 0
#define KILN_ISA_AVX512 0
#if defined(KILN_SCALAR)
#  undef KILN_ISA_SCALAR
#  define KILN_ISA_SCALAR 1
#  define KILN_ISA scalar
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) \
    && defined(__AVX512VL__)
#  undef KILN_ISA_AVX512
#  define KILN_ISA_AVX512 1
#  define KILN_ISA avx512
#elif defined(__AVX2__) && defined(__FMA__)
#  undef KILN_ISA_AVX2
#  define KILN_ISA_AVX2 1
#  define KILN_ISA avx2
#elif defined(__SSE2__) || defined(__ARM_NEON)
#  undef KILN_ISA_PORTABLE
#  define KILN_ISA_PORTABLE 1
#  define KILN_ISA portable
#else
#  undef KILN_ISA_SCALAR
#  define KILN_ISA_SCALAR 1
#  define KILN_ISA scalar
#endif

/// Stops on a broken precondition in debug builds; costs nothing under NDEBUG. In a constant
/// expression it is a compile error.
#if defined(NDEBUG)
#  define KILN_ASSERT(condition) static_cast<void>(sizeof(!(condition)))
#else
#  define KILN_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::kiln::core::assertion_failed(#condition))
#endif

namespace kiln::core {

/// Where a broken KILN_ASSERT ends: a trap, which debuggers and sanitizers show with its condition.
[[noreturn]] KILN_NOINLINE inline void assertion_failed(const char* condition) {
  static_cast<void>(condition);
  __builtin_trap();
}

}  // namespace kiln::core
