// SPDX-License-Identifier: MIT
// How many threads the peers use.
#pragma once

#include <kiln/runtime/processors.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sched.h>
#include <string>
#include <unistd.h>

namespace bench {

/// OpenMP, with which oneDNN is built, takes its number of threads from the environment when it is
/// loaded, before main(): the program starts itself anew if that is another number.
inline void use_threads(int threads, char** argv) {
  const std::string wanted = std::to_string(threads);
  const char* const found = std::getenv("OMP_NUM_THREADS");
  // Threads that wait stay awake for about 1 ms, far longer than between two products of a net, and
  // not into the next contender's turn, as those of libgomp otherwise do.
  constexpr const char* spins = "GOMP_SPINCOUNT";
  const bool may_sleep = threads == 1 || std::getenv(spins) != nullptr;
  if (found != nullptr && found == wanted && may_sleep) return;
  setenv("OMP_NUM_THREADS", wanted.c_str(), 1);
  if (!may_sleep) setenv(spins, "20000", 1);
  execv("/proc/self/exe", argv);
  std::perror("/proc/self/exe");
  std::exit(1);
}

/// Binds this thread to the first processor and those of OpenMP, which exist by now, to the ones
/// behind it, in order: a thread that wakes up beside the one it works for would wait for it.
/// Threads that are bound already stay where they are.
inline void bind_all_threads() {
  cpu_set_t all{};
  if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) < 2) return;
  int next = 0;
  const auto following = [&] {
    while (CPU_ISSET(next, &all) == 0) next = (next + 1) % CPU_SETSIZE;
    const int found = next;
    next = (next + 1) % CPU_SETSIZE;
    return found;
  };
  following();  // this thread's
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const pid_t id = static_cast<pid_t>(std::stol(task.path().filename().string()));
    cpu_set_t allowed{};
    if (id == getpid() || sched_getaffinity(id, sizeof allowed, &allowed) != 0) continue;
    if (CPU_COUNT(&allowed) == 1) continue;
    cpu_set_t one{};
    CPU_SET(following(), &one);
    sched_setaffinity(id, sizeof one, &one);
  }
  kiln::runtime::stay_on_processor(0);
}

}  // namespace bench
