// SPDX-License-Identifier: MIT
// The executor without threads.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/executor.hpp>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// Runs the parts of a job one after the other on the calling thread; a job is cut into as many as
/// `parts` says, so that what a team of so many threads computes can be had without one.
///
/// @cost  that of the parts
struct serial_executor final {
  int parts = 1;

  [[nodiscard]] constexpr int threads() const noexcept { return parts; }
  template <class Part>
  constexpr void parallel_for(int n, const Part& part) const noexcept {
    for (int i = 0; i < n; ++i) part(i);
  }
};
inline constexpr serial_executor serial{};

}  // namespace KILN_ISA
}  // namespace kiln::runtime

namespace kiln {
using runtime::serial;
using runtime::serial_executor;
}  // namespace kiln
