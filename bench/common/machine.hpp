// SPDX-License-Identifier: MIT
// The name of the processor that a measurement was taken on.
#pragma once

#include <fstream>
#include <string>

namespace bench {

/// The processor's name as Linux gives it, "unknown" elsewhere.
inline std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
      return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace bench
