// SPDX-License-Identifier: MIT
// Nets on AMX tiles on machines without any: their own machine code runs, every tile instruction
// interpreted and counted.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/simd/amx_use.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <support/amx_interpreter.hpp>
#include <thread>

namespace kiln::test {

static_assert(core::native.tiles, "compiled for AMX, so that plans put products on tiles");

/// From now on nets of this program may use tiles, whose instructions it interprets. The system is
/// never asked for them, so that hardware with AMX refuses them too.
///
/// @errors  kiln::error if something has asked before and been refused
inline void interpret_nets() {
  simd::detail::tile_permission = []() noexcept { return true; };
  interpret_amx();
  if (!simd::may_use_tiles()) core::raise("the system was asked for tiles before");
}

/// Products of tiles that a product of m rows, n columns and k bytes a row takes on full blocks and
/// tails alike: 16 x 16 sums each, 64 bytes a step.
constexpr long tile_products(long m, long n, long k_bytes) {
  return core::ceil_div(m, 16L) * core::ceil_div(n, 16L) * core::ceil_div(k_bytes, 64L);
}

/// An executor around another one that counts what each part has interpreted, whatever thread runs
/// it. The first parts, as many as there are threads, wait for each other: no thread has two.
template <class Executor>
class counting_executor final {
 public:
  explicit counting_executor(Executor& e)
      : executor_(e) {}

  [[nodiscard]] int threads() const { return executor_.threads(); }
  template <class Part>
  void parallel_for(int parts, const Part& part) noexcept {
    std::atomic<int> begun{0};
    const int together = parts < threads() ? parts : threads();
    const auto counted = [&](int i) noexcept {
      ++begun;
      while (begun < together) std::this_thread::yield();
      static_cast<void>(take_interpreted());
      part(i);
      dots_[static_cast<std::size_t>(i) % dots_.size()] += take_interpreted().dots;
    };
    executor_.parallel_for(parts, counted);
  }

  /// Products of tiles in all parts of this number since the last call.
  long take_dots(int part) { return dots_[static_cast<std::size_t>(part)].exchange(0); }

 private:
  Executor& executor_;
  std::array<std::atomic<long>, 8> dots_{};
};

}  // namespace kiln::test
