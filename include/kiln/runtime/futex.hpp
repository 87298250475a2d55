// SPDX-License-Identifier: MIT
// Sleeping until an atomic number changes.
#pragma once

#include <kiln/core/config.hpp>

#include <atomic>

#if defined(__linux__)
#  include <linux/futex.h>
#  include <sys/syscall.h>
#  include <unistd.h>
#endif

namespace kiln::runtime {
inline namespace KILN_ISA {

/// Sleeps while x is `seen`, or not at all; may wake up for nothing, so ask again in a loop.
///
/// libstdc++'s std::atomic::wait keeps a table of those who wait in every shared object. A net in
/// one that was loaded by dlopen() would look into another table than a pool's thread, and wake
/// nobody.
///
/// @errors  none
template <class T>
void sleep_while(const std::atomic<T>& x, T seen) noexcept {
#if defined(__linux__)
  static_assert(sizeof(x) == sizeof(int), "a futex has four bytes");
  static_cast<void>(
      ::syscall(SYS_futex, &x, FUTEX_WAIT_PRIVATE, static_cast<int>(seen), nullptr, nullptr, 0));
#else
  x.wait(seen);
#endif
}

/// Wakes a thread that sleeps at x, after x was changed.
///
/// @errors  none
template <class T>
void wake_one(std::atomic<T>& x) noexcept {
#if defined(__linux__)
  static_assert(sizeof(x) == sizeof(int), "a futex has four bytes");
  static_cast<void>(::syscall(SYS_futex, &x, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0));
#else
  x.notify_one();
#endif
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
