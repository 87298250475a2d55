// SPDX-License-Identifier: MIT
// What one core can do at most: multiply-adds on registers and nothing else.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/simd/amx.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/dtype.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
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

/// Microseconds of processor time that the calling thread used. For what one thread does while
/// others exist: the system adds what they used to the process's time in lumps of a clock tick.
inline double own_now_us() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
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
  const double start = own_now_us();
  const volatile float sink =
      detail::multiply_add_chains(steps, std::make_index_sequence<chains>{});
  static_cast<void>(sink);
  const double flops =
      2.0 * static_cast<double>(steps) * static_cast<double>(chains * kiln::simd::lanes);
  return flops / (own_now_us() - start) * 1e-3;
}

namespace detail {

/// Has the compiler believe that a register is read.
template <class Register>
KILN_INLINE void keep(const Register& r) {
  asm volatile("" : : "m"(r));
}

template <class Dot, std::size_t... I>
KILN_INLINE float dot_chains(long steps, std::index_sequence<I...>) {
  namespace simd = kiln::simd;
  static const volatile std::uint32_t word = 0x01010101U;
  const std::uint32_t words[simd::lanes] = {word, word, word, word};
  typename Dot::sum sums[] = {((void)I, typename Dot::sum{})...};
  const auto a = simd::broadcast_word(words), b = simd::load_words(words);
  const auto left = Dot::template left<0>(a), right = Dot::template right<0>(b);
  for (long i = 0; i < steps; ++i) (Dot::add(sums[I], left, right), ...);
  (keep(sums[I].raw), ...);
  return static_cast<float>(words[0]);
}

/// Four chains of tile products, as many as hide their latency with two tiles of each side.
template <bool Bytes>
inline double sample_tile_gops() {
  namespace simd = kiln::simd;
  constexpr simd::tile_shape full{simd::tile_rows, simd::tile_row_bytes};
  static constexpr auto config =
      simd::configure_tiles({full, full, full, full, full, full, full, full});
  constexpr long steps = 10000;
  simd::load_tile_config(config);
  const double start = own_now_us();
  for (long i = 0; i < steps; ++i) {
    if constexpr (Bytes) {
      constexpr auto signs = simd::byte_signs::unsigned_signed;
      simd::add_tile_of_bytes<signs, 0, 4, 6>();
      simd::add_tile_of_bytes<signs, 1, 4, 7>();
      simd::add_tile_of_bytes<signs, 2, 5, 6>();
      simd::add_tile_of_bytes<signs, 3, 5, 7>();
    } else {
      simd::add_tile_of_pairs<0, 4, 6>();
      simd::add_tile_of_pairs<1, 4, 7>();
      simd::add_tile_of_pairs<2, 5, 6>();
      simd::add_tile_of_pairs<3, 5, 7>();
    }
  }
  alignas(64) std::int32_t out[256];
  simd::store_tile<0>(out, simd::tile_row_bytes);  // waits for its chain
  const double us = own_now_us() - start;
  simd::release_tiles();
  constexpr double each = 2.0 * 16 * 16 * 16 * (Bytes ? 4 : 2);
  return each * 4 * static_cast<double>(steps) / us * 1e-3;
}

}  // namespace detail

/// The same for the products of an element type: bytes with sums in s32, bf16 with sums in f32, by
/// the fastest instruction that is compiled for.
inline double sample_peak_gops(kiln::tensor::dtype element) {
  using kiln::tensor::dtype;
  if (element == dtype::f32) return sample_peak_gflops();
  const bool bytes = element != dtype::bf16;
  if constexpr (kiln::core::native.tiles) {
    if (kiln::simd::may_use_tiles()) {
      return bytes ? detail::sample_tile_gops<true>() : detail::sample_tile_gops<false>();
    }
  }
  constexpr std::size_t chains = kiln::core::native.registers >= 32 ? 16 : 12;
  constexpr long steps = 60000;
  const double start = own_now_us();
  const volatile float sink =
      bytes ? detail::dot_chains<kiln::simd::byte_dot>(steps, std::make_index_sequence<chains>{})
            : detail::dot_chains<kiln::simd::pair_dot>(steps, std::make_index_sequence<chains>{});
  static_cast<void>(sink);
  const double operations =
      (bytes ? 8.0 / kiln::simd::byte_dot::parts : 4.0 / kiln::simd::pair_dot::parts)
      * static_cast<double>(steps) * static_cast<double>(chains * kiln::simd::lanes);
  return operations / (own_now_us() - start) * 1e-3;
}

}  // namespace bench
