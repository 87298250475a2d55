// SPDX-License-Identifier: MIT
// Whether this process may use tiles, and who holds them: asked for once, configured seldom, given
// up at the end.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/error.hpp>
#include <kiln/simd/amx.hpp>

#include <cstdint>

#if defined(__x86_64__)
#  include <cpuid.h>
#endif
#if defined(__linux__)
#  include <sys/syscall.h>
#  include <unistd.h>
#endif

namespace kiln::simd {
inline namespace KILN_ISA {

/// What processor and system offer.
struct tile_support final {
  bool bytes = false;  // products of bytes
  bool pairs = false;  // of pairs of bf16

  friend constexpr bool operator==(const tile_support&, const tile_support&) = default;
};

namespace detail {

// Leaf 7: tiles, bytes and bf16 in the last register; leaf 1: xgetbv may be asked; its bits 17 and
// 18: the system saves configuration and tiles.
inline tile_support ask_for_tiles() noexcept {
#if defined(__x86_64__)
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(1, 0, &a, &b, &c, &d) == 0 || (c & (1U << 27)) == 0) return {};
  std::uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr std::uint32_t both = (1U << 17) | (1U << 18);
  if ((low & both) != both) return {};
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & (1U << 24)) == 0) return {};
  return {.bytes = (d & (1U << 25)) != 0, .pairs = (d & (1U << 22)) != 0};
#else
  return {};
#endif
}

// Linux hands out the eight KiB that a thread's tiles take only to processes that ask.
inline bool ask_for_permission() noexcept {
#if defined(__linux__) && defined(__x86_64__)
  constexpr long request = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;
  return ask_for_tiles().bytes && syscall(SYS_arch_prctl, request, tile_data) == 0;
#else
  return false;
#endif
}

// Whom may_use_tiles() asks the first time. A program that executes tile instructions itself, as
// tests do on machines without any, puts an answer of its own here before.
inline constinit auto tile_permission = &ask_for_permission;

// What a thread has loaded, and whether somebody keeps it loaded.
struct thread_tiles final {
  const tile_config* loaded = nullptr;
  int holders = 0;
};
inline constinit thread_local thread_tiles tiles_of_thread{};
// What is loaded when others' code has run.
inline constexpr tile_config unknown_tiles{};

}  // namespace detail

/// What the processor and the system offer; needs no permission.
///
/// @cost    some cpuid, once
/// @errors  none
inline tile_support supported_tiles() noexcept {
  static const tile_support found = detail::ask_for_tiles();
  return found;
}

/// True if this process may use tiles. Asks the system the first time; threads that run already are
/// included.
///
/// @cost    one system call, once
/// @errors  none
inline bool may_use_tiles() noexcept {
  static const bool granted = detail::tile_permission();
  return granted;
}

/// For whoever prepares something that will use tiles.
///
/// @errors  run time: kiln::error if processor or system have no tiles for this process
inline void require_tiles() {
  if (may_use_tiles()) return;
  core::raise(
      supported_tiles().bytes
          ? "the system does not let this process use AMX tiles, for which it was compiled; "
            "stacks that a thread gave to sigaltstack may be too small for them"
          : "this machine has no AMX tiles, for which the program was compiled");
}

/// Keeps a thread's tiles configured from one product to the next; the outermost one gives them up
/// at its end. One for each run of a net and thread; products outside of any do so one by one.
///
///     const simd::tile_holder tiles;
///
/// @pre     whoever else uses tiles in this thread meanwhile leaves them as they were, or
///          forget_tiles() is called behind it
/// @errors  none
class tile_holder final {
 public:
  KILN_INLINE tile_holder() noexcept { ++detail::tiles_of_thread.holders; }
  tile_holder(const tile_holder&) = delete;
  tile_holder& operator=(const tile_holder&) = delete;
  KILN_INLINE ~tile_holder() {
    detail::thread_tiles& mine = detail::tiles_of_thread;
    if (mine.holders == 1 && mine.loaded != nullptr) {
      release_tiles();
      mine.loaded = nullptr;
    }
    --mine.holders;
  }

  /// Configures the tiles, unless they are so already.
  ///
  /// @pre     c lives as long as the holders
  /// @errors  none
  KILN_INLINE void use(const tile_config& c) const noexcept {
    detail::thread_tiles& mine = detail::tiles_of_thread;
    if (mine.loaded == &c) return;
    use_anew(c);
  }
  /// Configures the tiles, whatever somebody else has done with them.
  ///
  /// @pre     c lives as long as the holders
  /// @errors  none
  KILN_INLINE void use_anew(const tile_config& c) const noexcept {
    load_tile_config(c);
    detail::tiles_of_thread.loaded = &c;
  }
};

/// To be called when others' code has run on this thread, which does not know this one's holders:
/// a net in another library gives up the tiles at its end, and a signal handler begins without any.
///
/// @errors  none
KILN_INLINE void forget_tiles() noexcept {
  detail::thread_tiles& mine = detail::tiles_of_thread;
  if (mine.loaded != nullptr) mine.loaded = &detail::unknown_tiles;
}

}  // namespace KILN_ISA
}  // namespace kiln::simd
