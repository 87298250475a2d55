// SPDX-License-Identifier: MIT
// How many threads the peers use.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace bench {

/// OpenMP, with which oneDNN is built, takes its number of threads from the environment when it is
/// loaded, before main(): the program starts itself anew if that is another number.
inline void use_threads(int threads, char** argv) {
  const std::string wanted = std::to_string(threads);
  const char* const found = std::getenv("OMP_NUM_THREADS");
  if (found != nullptr && found == wanted) return;
  setenv("OMP_NUM_THREADS", wanted.c_str(), 1);
  execv("/proc/self/exe", argv);
  std::perror("/proc/self/exe");
  std::exit(1);
}

}  // namespace bench
