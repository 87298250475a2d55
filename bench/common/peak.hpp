// SPDX-License-Identifier: MIT
// What one core can do at most: multiply-adds on registers and nothing else.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <chrono>
#include <cstddef>
#include <time.h>
#include <utility>

namespace bench {

/// Microseconds of the wall clock.
inline double now_us() {
  const auto t = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(t).count();
}

/// Microseconds of processor time that all threads of this process used. What one thread computes
/// costs the same on it whether or not another program wants the core; hidden helper threads count
/// too.
inline double cpu_now_us() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) * 1e-3;
}

namespace detail {

// The numbers come from memory that the compiler must read: it would compute a chain that starts at
// the fixed point of its step beforehand, and the peak would be too high by one in sixteen.
template <std::size_t... I>
KILN_INLINE float multiply_add_chains(long steps, std::index_sequence<I...>) {
  namespace simd = kiln::simd;
  static const volatile float number = 0.5F;
  simd::pack x[] = {simd::pack(number * static_cast<float>(I + 3))...};
  const simd::pack half(number);
  for (long i = 0; i < steps; ++i) ((x[I] = simd::fma(x[I], half, half)), ...);
  simd::pack sum(0.0F);
  ((sum = sum + x[I]), ...);
  return simd::to_array(sum)[0];
}

}  // namespace detail

/// One sample, about 0.3 ms long, of the core's f32 GFLOP/s. A core under vector load changes its
/// clock within milliseconds, so one sample says little: take it between the runs it is compared
/// with.
inline double sample_peak_gflops() {
  constexpr std::size_t chains = kiln::core::native.registers >= 32 ? 16 : 12;
  constexpr long steps = 60000;
  const double start = cpu_now_us();
  const volatile float sink =
      detail::multiply_add_chains(steps, std::make_index_sequence<chains>{});
  static_cast<void>(sink);
  const double flops =
      2.0 * static_cast<double>(steps) * static_cast<double>(chains * kiln::simd::lanes);
  return flops / (cpu_now_us() - start) * 1e-3;
}

}  // namespace bench
