// SPDX-License-Identifier: MIT
// The only macros of the library: what the language cannot say, and the instruction set in use.
#pragma once

#if !defined(__GNUC__)
#  error "kiln: g++ 12 or clang 14 (or newer) is needed"
#endif

// NaN and infinities are results like others, and sums have the order in which they are written.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) \
    || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ == 1)
#  error "kiln: -ffast-math drops NaN and reorders sums; add -fno-fast-math where kiln is included"
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

// The instruction set, by what the compiler was told: exactly one of these four is 1.
// KILN_ISA_FAMILY is its name, an enumerator of core::isa.
#define KILN_ISA_SCALAR 0
#define KILN_ISA_PORTABLE 0
#define KILN_ISA_AVX2 0
#define KILN_ISA_AVX512 0
#if defined(KILN_SCALAR)
#  undef KILN_ISA_SCALAR
#  define KILN_ISA_SCALAR 1
#  define KILN_ISA_FAMILY scalar
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) \
    && defined(__AVX512VL__)
#  undef KILN_ISA_AVX512
#  define KILN_ISA_AVX512 1
#  define KILN_ISA_FAMILY avx512
#elif defined(__AVX2__) && defined(__FMA__)
#  undef KILN_ISA_AVX2
#  define KILN_ISA_AVX2 1
#  define KILN_ISA_FAMILY avx2
#elif defined(__SSE2__) || defined(__ARM_NEON)
#  undef KILN_ISA_PORTABLE
#  define KILN_ISA_PORTABLE 1
#  define KILN_ISA_FAMILY portable
#else
#  undef KILN_ISA_SCALAR
#  define KILN_ISA_SCALAR 1
#  define KILN_ISA_FAMILY scalar
#endif

// The same more exactly, as cmake/KilnKernels.cmake and dispatch/isa.hpp spell it. KILN_ISA is an
// inline namespace, so that units compiled for different machines can be linked into one program.
#if KILN_ISA_AVX512
#  if (defined(__AMX_TILE__) || defined(__AMXTILE__))    \
      && (defined(__AMX_INT8__) || defined(__AMXINT8__)) \
      && (defined(__AMX_BF16__) || defined(__AMXBF16__))
#    define KILN_ISA amx
#    define KILN_ISA_NAME "amx"
#  elif defined(__AVX512VNNI__) && defined(__AVX512BF16__)
#    define KILN_ISA avx512_bf16
#    define KILN_ISA_NAME "avx512_bf16"
#  elif defined(__AVX512VNNI__)
#    define KILN_ISA avx512_vnni
#    define KILN_ISA_NAME "avx512_vnni"
#  else
#    define KILN_ISA avx512
#    define KILN_ISA_NAME "avx512"
#  endif
#elif KILN_ISA_AVX2
#  if defined(__AVXVNNI__)
#    define KILN_ISA avx2_vnni
#    define KILN_ISA_NAME "avx2_vnni"
#  else
#    define KILN_ISA avx2
#    define KILN_ISA_NAME "avx2"
#  endif
#elif KILN_ISA_PORTABLE && defined(__SSE2__)
#  if defined(__AVX__)
#    define KILN_ISA avx
#    define KILN_ISA_NAME "avx"
#  elif defined(__SSE4_2__)
#    define KILN_ISA sse4
#    define KILN_ISA_NAME "sse4"
#  else
#    define KILN_ISA sse2
#    define KILN_ISA_NAME "sse2"
#  endif
#elif KILN_ISA_PORTABLE
#  define KILN_ISA portable
#  define KILN_ISA_NAME "portable"
#else
#  define KILN_ISA scalar
#  define KILN_ISA_NAME "scalar"
#endif

// What a build for one of several instruction sets says that it is for: flags that come from
// elsewhere must not make it another.
#if defined(KILN_ISA_WANTED)
static_assert(__builtin_strcmp(KILN_ISA_NAME, KILN_ISA_WANTED) == 0,
              "kiln: a compiler flag from elsewhere changes the instruction set of these kernels");
// Nor may the compiler use more than dispatch/isa.hpp asks the machine for.
#  if defined(__x86_64__)
#    if defined(__AVX512IFMA__) || defined(__AVX512VBMI__) || defined(__AVX512VBMI2__)             \
        || defined(__AVX512BITALG__) || defined(__AVX512VPOPCNTDQ__) || defined(__AVX512FP16__)    \
        || defined(__GFNI__) || defined(__VAES__) || defined(__VPCLMULQDQ__) || defined(__AES__)   \
        || defined(__PCLMUL__) || defined(__SHA__) || defined(__ADX__) || defined(__FMA4__)        \
        || defined(__XOP__) || defined(__TBM__) || defined(__SSE4A__) || defined(__AVXIFMA__)      \
        || defined(__AVXNECONVERT__) || defined(__AVXVNNIINT8__) || defined(__AVXVNNIINT16__)      \
        || defined(__AVX10_1__) || defined(__APX_F__) || defined(__EGPR__)                         \
        || (!KILN_ISA_AVX512 && defined(__AVX512F__)) || (KILN_ISA_AVX512 && defined(__AVXVNNI__)) \
        || (defined(__AVX512BF16__) && !defined(__AVX512VNNI__))                                   \
        || (KILN_ISA_PORTABLE                                                                      \
            && (defined(__BMI__) || defined(__BMI2__) || defined(__LZCNT__)                        \
                || defined(__MOVBE__)))                                                            \
        || (!defined(__SSE4_2__)                                                                   \
            && (defined(__SSE3__) || defined(__POPCNT__) || defined(__LAHF_SAHF__)                 \
                || defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16)))
#      error "kiln: other compiler flags let these kernels use more than their instruction set"
#    endif
#  endif
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
