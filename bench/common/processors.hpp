// SPDX-License-Identifier: MIT
// The processors of the program, a thread for each of them, and whether all threads rest.
#pragma once

#include <kiln/runtime/processors.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#  include <sched.h>
#  include <unistd.h>
#endif

namespace bench {

#if defined(__linux__)
/// Those that the program might use when it began, or the library when it was loaded.
inline const cpu_set_t first_processors = [] {
  cpu_set_t found{};
  sched_getaffinity(0, sizeof found, &found);
  return found;
}();
#endif

/// Binds the calling thread to the i-th of the program's processors, wherever it was bound before.
inline void stay_on_own_processor(int i) {
#if defined(__linux__)
  sched_setaffinity(0, sizeof first_processors, &first_processors);
#endif
  kiln::runtime::stay_on_processor(i);
}

/// Whether every thread of the process but this one sleeps.
inline bool all_others_sleep() {
#if defined(__linux__)
  const std::string self = std::to_string(gettid());
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == self) continue;
    std::string line;
    std::getline(std::ifstream(task.path() / "stat"), line);
    const auto state = line.rfind(')') + 2;  // behind the name, which may have any letters
    if (state < line.size() && line[state] == 'R') return false;
  }
#endif
  return true;
}

/// Waits until they do: threads that look out for work would take a processor from whoever has the
/// next turn. Gives up after a second.
inline void wait_until_others_sleep() {
  for (int i = 0; i < 500; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (all_others_sleep()) return;
  }
}

}  // namespace bench
