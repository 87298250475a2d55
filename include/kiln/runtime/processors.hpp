// SPDX-License-Identifier: MIT
// The processors that the process may use, and threads that stay on one of them.
#pragma once

#include <kiln/core/config.hpp>

#include <thread>

#if defined(__linux__)
#  include <pthread.h>
#  include <sched.h>
#endif

namespace kiln::runtime {
inline namespace KILN_ISA {

/// How many processors the calling thread may run on, at least 1. Counts what the scheduler allows
/// (taskset, cpusets), not what a quota of a container grants.
///
/// @cost    one system call
/// @errors  none
inline int usable_processors() noexcept {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
#endif
  const unsigned all = std::thread::hardware_concurrency();
  return all > 0 ? static_cast<int>(all) : 1;
}

/// Binds the calling thread to the i-th of the processors that it may run on, counted round and
/// round. False: the system has no way to do so, or refused; then it runs where it ran before.
///
/// @pre     i >= 0
/// @cost    two system calls
/// @errors  none
inline bool stay_on_processor([[maybe_unused]] int i) noexcept {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
  int left = i % CPU_COUNT(&allowed);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || left-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0;
  }
#endif
  return false;
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
